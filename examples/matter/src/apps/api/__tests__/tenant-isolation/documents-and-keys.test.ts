import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as uploadDocument } from "../../app/v1/documents/route";
import { POST as rotateSigningKey } from "../../app/v1/signing_keys/[signing_key_id]/rotate/route";
import { bindPorts } from "../../lib/ports";
import { ROTATION, UPLOAD, KEY_ID } from "../samples";
import { seed } from "../seed";

const PARAMS = {
  rotateSigningKey: { signing_key_id: KEY_ID },
};
let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("tenant isolation: organisation mallory against the resources of acme", () => {
  it("uploadDocument files under the organisation of the token", async () => {
    const response = await harness.call(uploadDocument, { token: "mallory:live:documents:write@2", body: UPLOAD });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.orgId === "mallory")).toBe(true);
  });

  it("rotateSigningKey answers a foreign id like an unknown one", async () => {
    const response = await harness.call(rotateSigningKey, {
      token: "mallory:live:keys:rotate@4",
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });
});
