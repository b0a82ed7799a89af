import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { GET as getCapTable } from "../../app/v1/entities/[entity_id]/cap_table/route";
import { POST as issueShares } from "../../app/v1/entities/[entity_id]/share_issuances/route";
import { POST as exerciseGrant } from "../../app/v1/grants/[grant_id]/exercise/route";
import { POST as createGrant, GET as listGrants } from "../../app/v1/grants/route";
import { POST as transferShares } from "../../app/v1/share_transfers/route";
import { POST as legacyTransfer } from "../../app/v1/transfers/route";
import { bindPorts } from "../../lib/ports";
import { EXERCISE, GRANT, ISSUANCE, LEGACY, TRANSFER, ENTITY_ID, GRANT_ID } from "../samples";
import { seed } from "../seed";

const PARAMS = {
  exerciseGrant: { grant_id: GRANT_ID },
  issueShares: { entity_id: ENTITY_ID },
  getCapTable: { entity_id: ENTITY_ID },
};
let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("tenant isolation: organisation mallory against the resources of acme", () => {
  it("createGrant answers a foreign id like an unknown one", async () => {
    const response = await harness.call(createGrant, { token: "mallory:live:grants:write@2", body: GRANT });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });

  it("listGrants shows no grant of another organisation", async () => {
    const response = await harness.call(listGrants, { method: "GET", token: "mallory:live:grants:read@1" });
    expect(response.status).toBe(200);
    expect((await response.json()).data).toEqual([]);
  });

  it("exerciseGrant answers a foreign id like an unknown one", async () => {
    const response = await harness.call(exerciseGrant, {
      token: "mallory:live:grants:exercise@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });

  it("issueShares answers a foreign id like an unknown one", async () => {
    const response = await harness.call(issueShares, {
      token: "mallory:live:shares:write@3",
      params: PARAMS.issueShares,
      body: ISSUANCE,
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });

  it("transferShares answers a foreign id like an unknown one", async () => {
    const response = await harness.call(transferShares, { token: "mallory:live:shares:write@3", body: TRANSFER });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });

  it("legacyTransfer answers a foreign id like an unknown one", async () => {
    const response = await harness.call(legacyTransfer, { token: "mallory:live:shares:write@3", body: LEGACY });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });

  it("getCapTable answers a foreign id like an unknown one", async () => {
    const response = await harness.call(getCapTable, {
      method: "GET",
      token: "mallory:live:shares:read@1",
      params: PARAMS.getCapTable,
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });
});
