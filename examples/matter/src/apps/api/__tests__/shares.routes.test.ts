import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { GET as getCapTable } from "../app/v1/entities/[entity_id]/cap_table/route";
import { POST as issueShares } from "../app/v1/entities/[entity_id]/share_issuances/route";
import { POST as transferShares } from "../app/v1/share_transfers/route";
import { POST as legacyTransfer } from "../app/v1/transfers/route";
import { bindPorts } from "../lib/ports";
import { ISSUANCE, LEGACY, TRANSFER, ENTITY_ID } from "./samples";
import { seed } from "./seed";

const PARAMS = {
  issueShares: { entity_id: ENTITY_ID },
  getCapTable: { entity_id: ENTITY_ID },
};
let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("POST /v1/entities/{entity_id}/share_issuances", () => {
  it("issueShares auth: refuses a request without a token", async () => {
    const response = await harness.call(issueShares, { params: PARAMS.issueShares, body: ISSUANCE });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("issueShares scope: refuses a token without its scope", async () => {
    const response = await harness.call(issueShares, {
      token: "acme:live:other:read@3",
      params: PARAMS.issueShares,
      body: ISSUANCE,
    });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("issueShares idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(issueShares, {
      token: "acme:live:shares:write@3",
      params: PARAMS.issueShares,
      body: ISSUANCE,
      headers,
    });
    const second = await harness.call(issueShares, {
      token: "acme:live:shares:write@3",
      params: PARAMS.issueShares,
      body: ISSUANCE,
      headers,
    });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("issueShares dry-run: shows the outcome and sends nothing", async () => {
    const response = await harness.call(issueShares, {
      token: "acme:live:shares:write@3",
      params: PARAMS.issueShares,
      body: ISSUANCE,
      query: "?dry_run=true",
    });
    const preview = await response.json();
    expect(response.status).toBe(200);
    expect(preview).toMatchObject({ id: null, preview: true, would_emit_events: ["share.issued"] });
    expect(harness.events()).toEqual([]);
  });

  it("issueShares audit: leaves one entry for what was let in", async () => {
    await harness.call(issueShares, { token: "acme:live:shares:write@3", params: PARAMS.issueShares, body: ISSUANCE });
    await harness.call(issueShares, { token: "acme:live:other:read@3", params: PARAMS.issueShares, body: ISSUANCE });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("issueShares event: sends share.issued after success only", async () => {
    await harness.call(issueShares, { token: "acme:live:shares:write@3", params: PARAMS.issueShares, body: ISSUANCE });
    expect(harness.events().map((event) => event.type)).toContain("share.issued");
  });
});

describe("POST /v1/share_transfers", () => {
  it("transferShares auth: refuses a request without a token", async () => {
    const response = await harness.call(transferShares, { body: TRANSFER });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("transferShares scope: refuses a token without its scope", async () => {
    const response = await harness.call(transferShares, { token: "acme:live:other:read@3", body: TRANSFER });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("transferShares idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(transferShares, { token: "acme:live:shares:write@3", body: TRANSFER, headers });
    const second = await harness.call(transferShares, { token: "acme:live:shares:write@3", body: TRANSFER, headers });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("transferShares dry-run: shows the outcome and sends nothing", async () => {
    const response = await harness.call(transferShares, {
      token: "acme:live:shares:write@3",
      body: TRANSFER,
      query: "?dry_run=true",
    });
    const preview = await response.json();
    expect(response.status).toBe(200);
    expect(preview).toMatchObject({ id: null, preview: true, would_emit_events: ["share.transfer_started"] });
    expect(harness.events()).toEqual([]);
  });

  it("transferShares audit: leaves one entry for what was let in", async () => {
    await harness.call(transferShares, { token: "acme:live:shares:write@3", body: TRANSFER });
    await harness.call(transferShares, { token: "acme:live:other:read@3", body: TRANSFER });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("transferShares event: sends share.transfer_started after success only", async () => {
    await harness.call(transferShares, { token: "acme:live:shares:write@3", body: TRANSFER });
    expect(harness.events().map((event) => event.type)).toContain("share.transfer_started");
  });
});

describe("POST /v1/transfers", () => {
  it("legacyTransfer auth: refuses a request without a token", async () => {
    const response = await harness.call(legacyTransfer, { body: LEGACY });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("legacyTransfer scope: refuses a token without its scope", async () => {
    const response = await harness.call(legacyTransfer, { token: "acme:live:other:read@3", body: LEGACY });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("legacyTransfer idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(legacyTransfer, { token: "acme:live:shares:write@3", body: LEGACY, headers });
    const second = await harness.call(legacyTransfer, { token: "acme:live:shares:write@3", body: LEGACY, headers });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("legacyTransfer dry-run: shows the outcome and sends nothing", async () => {
    const response = await harness.call(legacyTransfer, {
      token: "acme:live:shares:write@3",
      body: LEGACY,
      query: "?dry_run=true",
    });
    const preview = await response.json();
    expect(response.status).toBe(200);
    expect(preview).toMatchObject({ id: null, preview: true, would_emit_events: ["share.transferred"] });
    expect(harness.events()).toEqual([]);
  });

  it("legacyTransfer audit: leaves one entry for what was let in", async () => {
    await harness.call(legacyTransfer, { token: "acme:live:shares:write@3", body: LEGACY });
    await harness.call(legacyTransfer, { token: "acme:live:other:read@3", body: LEGACY });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("legacyTransfer event: sends share.transferred after success only", async () => {
    await harness.call(legacyTransfer, { token: "acme:live:shares:write@3", body: LEGACY });
    expect(harness.events().map((event) => event.type)).toContain("share.transferred");
  });
});

describe("GET /v1/entities/{entity_id}/cap_table", () => {
  it("getCapTable auth: refuses a request without a token", async () => {
    const response = await harness.call(getCapTable, { method: "GET", params: PARAMS.getCapTable });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("getCapTable scope: refuses a token without its scope", async () => {
    const response = await harness.call(getCapTable, {
      method: "GET",
      token: "acme:live:other:read@1",
      params: PARAMS.getCapTable,
    });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("getCapTable idempotency: lets a read with a key through", async () => {
    const headers = { "Idempotency-Key": "once" };
    await harness.call(getCapTable, {
      method: "GET",
      token: "acme:live:shares:read@1",
      params: PARAMS.getCapTable,
      headers,
    });
    const second = await harness.call(getCapTable, {
      method: "GET",
      token: "acme:live:shares:read@1",
      params: PARAMS.getCapTable,
      headers,
    });
    expect(second.status).toBe(200);
    expect(second.headers.get("Idempotent-Replay")).toBeNull();
  });

  it("getCapTable dry-run: is the same as a read", async () => {
    const response = await harness.call(getCapTable, {
      method: "GET",
      token: "acme:live:shares:read@1",
      params: PARAMS.getCapTable,
      query: "?dry_run=true",
    });
    expect(response.status).toBe(200);
    expect(await response.json()).not.toHaveProperty("preview");
  });

  it("getCapTable audit: leaves one entry for what was let in", async () => {
    await harness.call(getCapTable, { method: "GET", token: "acme:live:shares:read@1", params: PARAMS.getCapTable });
    await harness.call(getCapTable, { method: "GET", token: "acme:live:other:read@1", params: PARAMS.getCapTable });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("getCapTable event: sends cap_table.read after success only", async () => {
    await harness.call(getCapTable, { method: "GET", token: "acme:live:shares:read@1", params: PARAMS.getCapTable });
    expect(harness.events().map((event) => event.type)).toContain("cap_table.read");
  });
});
