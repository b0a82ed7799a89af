import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as fileAnnualReport } from "../../app/v1/entities/[entity_id]/annual_reports/route";
import { POST as createEntity } from "../../app/v1/entities/route";
import { GET as annualReport } from "../../app/v1/reports/annual/route";
import { bindPorts } from "../../lib/ports";
import { ENTITY, FILING, ENTITY_ID } from "../samples";
import { seed } from "../seed";

const PARAMS = {
  fileAnnualReport: { entity_id: ENTITY_ID },
};
let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("tenant isolation: organisation mallory against the resources of acme", () => {
  it("createEntity tells of a taken name and nothing about its owner", async () => {
    const response = await harness.call(createEntity, { token: "mallory:live:entities:write@3", body: ENTITY });
    expect(response.status).toBe(202);
    const mine = await harness.call(createEntity, { token: "acme:live:entities:write@3", body: ENTITY });
    expect(await harness.code(mine)).toBe("entity_name_taken");
    expect(JSON.stringify(harness.ports.audited)).not.toContain("Lindqvist");
  });

  it("fileAnnualReport answers a foreign id like an unknown one", async () => {
    const response = await harness.call(fileAnnualReport, {
      token: "mallory:live:filings:write@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });

  it("reports/annual.v2 answers a foreign id like an unknown one", async () => {
    const response = await harness.call(annualReport, {
      method: "GET",
      token: "mallory:live:reports:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(harness.events()).toEqual([]);
  });
});
