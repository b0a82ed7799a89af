import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as fileAnnualReport } from "../app/v1/entities/[entity_id]/annual_reports/route";
import { GET as annualReport } from "../app/v1/reports/annual/route";
import { bindPorts } from "../lib/ports";
import { FILING, ENTITY_ID } from "./samples";
import { seed } from "./seed";

const PARAMS = {
  fileAnnualReport: { entity_id: ENTITY_ID },
};
let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("POST /v1/entities/{entity_id}/annual_reports", () => {
  it("fileAnnualReport auth: refuses a request without a token", async () => {
    const response = await harness.call(fileAnnualReport, { params: PARAMS.fileAnnualReport, body: FILING });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("fileAnnualReport scope: refuses a token without its scope", async () => {
    const response = await harness.call(fileAnnualReport, {
      token: "acme:live:other:read@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
    });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("fileAnnualReport idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(fileAnnualReport, {
      token: "acme:live:filings:write@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
      headers,
    });
    const second = await harness.call(fileAnnualReport, {
      token: "acme:live:filings:write@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
      headers,
    });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("fileAnnualReport dry-run: shows the outcome and sends nothing", async () => {
    const response = await harness.call(fileAnnualReport, {
      token: "acme:live:filings:write@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
      query: "?dry_run=true",
    });
    const preview = await response.json();
    expect(response.status).toBe(200);
    expect(preview).toMatchObject({ id: null, preview: true, would_emit_events: ["filing.submitted"] });
    expect(harness.events()).toEqual([]);
  });

  it("fileAnnualReport audit: leaves one entry for what was let in", async () => {
    await harness.call(fileAnnualReport, {
      token: "acme:live:filings:write@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
    });
    await harness.call(fileAnnualReport, {
      token: "acme:live:other:read@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
    });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("fileAnnualReport event: sends filing.submitted after success only", async () => {
    await harness.call(fileAnnualReport, {
      token: "acme:live:filings:write@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
    });
    expect(harness.events().map((event) => event.type)).toContain("filing.submitted");
  });
});

describe("GET /v1/reports/annual", () => {
  it("reports/annual.v2 auth: refuses a request without a token", async () => {
    const response = await harness.call(annualReport, {
      method: "GET",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
    });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("reports/annual.v2 scope: refuses a token without its scope", async () => {
    const response = await harness.call(annualReport, {
      method: "GET",
      token: "acme:live:other:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
    });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("reports/annual.v2 idempotency: lets a read with a key through", async () => {
    const headers = { "Idempotency-Key": "once" };
    await harness.call(annualReport, {
      method: "GET",
      token: "acme:live:reports:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
      headers,
    });
    const second = await harness.call(annualReport, {
      method: "GET",
      token: "acme:live:reports:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
      headers,
    });
    expect(second.status).toBe(200);
    expect(second.headers.get("Idempotent-Replay")).toBeNull();
  });

  it("reports/annual.v2 dry-run: is the same as a read", async () => {
    const response = await harness.call(annualReport, {
      method: "GET",
      token: "acme:live:reports:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025&dry_run=true",
    });
    expect(response.status).toBe(200);
    expect(await response.json()).not.toHaveProperty("preview");
  });

  it("reports/annual.v2 audit: leaves one entry for what was let in", async () => {
    await harness.call(annualReport, {
      method: "GET",
      token: "acme:live:reports:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
    });
    await harness.call(annualReport, {
      method: "GET",
      token: "acme:live:other:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
    });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("reports/annual.v2 event: sends report.annual_read after success only", async () => {
    await harness.call(annualReport, {
      method: "GET",
      token: "acme:live:reports:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
    });
    expect(harness.events().map((event) => event.type)).toContain("report.annual_read");
  });
});
