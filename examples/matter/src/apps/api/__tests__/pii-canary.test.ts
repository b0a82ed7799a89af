import { createHarness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as createEntity } from "../app/v1/entities/route";
import { POST as issueShares } from "../app/v1/entities/[entity_id]/share_issuances/route";
import { POST as createGrant } from "../app/v1/grants/route";
import { canariesIn, PII_CANARIES } from "../lib/pii-canary";
import { bindPorts } from "../lib/ports";
import { ENTITY, ENTITY_ID, GRANT, ISSUANCE } from "./samples";
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
});
