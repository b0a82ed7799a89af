import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as rotateSigningKey } from "../app/v1/signing_keys/[signing_key_id]/rotate/route";
import { bindPorts } from "../lib/ports";
import { ROTATION, KEY_ID } from "./samples";
import { seed } from "./seed";

const PARAMS = {
  rotateSigningKey: { signing_key_id: KEY_ID },
};
let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("POST /v1/signing_keys/{signing_key_id}/rotate", () => {
  it("rotateSigningKey auth: refuses a request without a token", async () => {
    const response = await harness.call(rotateSigningKey, { params: PARAMS.rotateSigningKey, body: ROTATION });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("rotateSigningKey scope: refuses a token without its scope", async () => {
    const response = await harness.call(rotateSigningKey, {
      token: "acme:live:other:read@4",
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
    });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("rotateSigningKey idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(rotateSigningKey, {
      token: "acme:live:keys:rotate@4",
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
      headers,
    });
    const second = await harness.call(rotateSigningKey, {
      token: "acme:live:keys:rotate@4",
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
      headers,
    });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("rotateSigningKey audit: leaves one entry for what was let in", async () => {
    await harness.call(rotateSigningKey, {
      token: "acme:live:keys:rotate@4",
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
    });
    await harness.call(rotateSigningKey, {
      token: "acme:live:other:read@4",
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
    });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("rotateSigningKey event: sends signing_key.rotation_started after success only", async () => {
    await harness.call(rotateSigningKey, {
      token: "acme:live:keys:rotate@4",
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
    });
    expect(harness.events().map((event) => event.type)).toContain("signing_key.rotation_started");
  });
});
