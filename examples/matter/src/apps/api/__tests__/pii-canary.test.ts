import { createHarness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as createEntity } from "../app/v1/entities/route";
import { POST as issueShares } from "../app/v1/entities/[entity_id]/share_issuances/route";
import { GET as listGrants, POST as createGrant } from "../app/v1/grants/route";
import { POST as transferShares } from "../app/v1/share_transfers/route";
import { canariesIn, PII_CANARIES } from "../lib/pii-canary";
import { bindPorts } from "../lib/ports";
import { ENTITY, ENTITY_ID, GRANT, ISSUANCE, TRANSFER } from "./samples";
import { seed } from "./seed";

const marked = (operationId: string) =>
  Object.fromEntries(
    PII_CANARIES.filter((entry) => entry.operationId === operationId).map(({ field, canary }) => [field, canary]),
  );

describe("PII canaries", () => {
  beforeEach(seed);

  it.each([
    ["createGrant", createGrant, "grants:write@2", {}, GRANT],
    ["createEntity", createEntity, "entities:write@3", {}, ENTITY],
    ["issueShares", issueShares, "shares:write@3", { entity_id: ENTITY_ID }, ISSUANCE],
    ["transferShares", transferShares, "shares:write@3", {}, TRANSFER],
  ] as const)("%s lets no canary into events or the audit chain", async (operationId, route, scope, params, body) => {
    const harness = createHarness((ports) => bindPorts(ports as never));
    const response = await harness.call(route, {
      token: `acme:live:${scope}`,
      params,
      body: { ...body, ...marked(operationId) },
    });
    expect(response.status).toBe(202);
    expect(canariesIn(JSON.stringify([harness.events(), harness.ports.audited]))).toEqual([]);
  });

  it("listGrants lets no canary into events or the audit chain", async () => {
    const harness = createHarness((ports) => bindPorts(ports as never));
    await harness.call(createGrant, { token: "acme:live:grants:write@2", body: { ...GRANT, ...marked("listGrants") } });
    const response = await harness.call(listGrants, { method: "GET", token: "acme:live:grants:read@1" });
    expect(response.status).toBe(200);
    expect(canariesIn(JSON.stringify([harness.events(), harness.ports.audited]))).toEqual([]);
  });
});
