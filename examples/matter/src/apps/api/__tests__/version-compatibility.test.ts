import { createHarness, VERSIONS, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as uploadDocument } from "../app/v1/documents/route";
import { POST as fileAnnualReport } from "../app/v1/entities/[entity_id]/annual_reports/route";
import { GET as getCapTable } from "../app/v1/entities/[entity_id]/cap_table/route";
import { POST as issueShares } from "../app/v1/entities/[entity_id]/share_issuances/route";
import { POST as createEntity } from "../app/v1/entities/route";
import { POST as exerciseGrant } from "../app/v1/grants/[grant_id]/exercise/route";
import { GET as listGrants, POST as createGrant } from "../app/v1/grants/route";
import { GET as annualReport } from "../app/v1/reports/annual/route";
import { POST as transferShares } from "../app/v1/share_transfers/route";
import { POST as rotateSigningKey } from "../app/v1/signing_keys/[signing_key_id]/rotate/route";
import { POST as legacyTransfer } from "../app/v1/transfers/route";
import { bindPorts } from "../lib/ports";
import {
  ENTITY,
  EXERCISE,
  FILING,
  GRANT,
  ISSUANCE,
  LEGACY,
  ROTATION,
  TRANSFER,
  UPLOAD,
  ENTITY_ID,
  GRANT_ID,
  KEY_ID,
} from "./samples";
import { seed } from "./seed";

const PARAMS = {
  exerciseGrant: { grant_id: GRANT_ID },
  issueShares: { entity_id: ENTITY_ID },
  getCapTable: { entity_id: ENTITY_ID },
  fileAnnualReport: { entity_id: ENTITY_ID },
  rotateSigningKey: { signing_key_id: KEY_ID },
};
let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("current and previous minor", () => {
  it.each(VERSIONS)("listGrants answers a client of version %s", async (version) => {
    const response = await harness.call(listGrants, {
      method: "GET",
      token: "acme:live:grants:read@1",
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("createGrant answers a client of version %s", async (version) => {
    const response = await harness.call(createGrant, {
      token: "acme:live:grants:write@2",
      body: GRANT,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("exerciseGrant answers a client of version %s", async (version) => {
    const response = await harness.call(exerciseGrant, {
      token: "acme:live:grants:exercise@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("createEntity answers a client of version %s", async (version) => {
    const response = await harness.call(createEntity, {
      token: "acme:live:entities:write@3",
      body: ENTITY,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("issueShares answers a client of version %s", async (version) => {
    const response = await harness.call(issueShares, {
      token: "acme:live:shares:write@3",
      params: PARAMS.issueShares,
      body: ISSUANCE,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("legacyTransfer answers a client of version %s", async (version) => {
    const response = await harness.call(legacyTransfer, {
      token: "acme:live:shares:write@3",
      body: LEGACY,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("getCapTable answers a client of version %s", async (version) => {
    const response = await harness.call(getCapTable, {
      method: "GET",
      token: "acme:live:shares:read@1",
      params: PARAMS.getCapTable,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("uploadDocument answers a client of version %s", async (version) => {
    const response = await harness.call(uploadDocument, {
      token: "acme:live:documents:write@2",
      body: UPLOAD,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("fileAnnualReport answers a client of version %s", async (version) => {
    const response = await harness.call(fileAnnualReport, {
      token: "acme:live:filings:write@2",
      params: PARAMS.fileAnnualReport,
      body: FILING,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it.each(VERSIONS)("rotateSigningKey answers a client of version %s", async (version) => {
    const response = await harness.call(rotateSigningKey, {
      token: "acme:live:keys:rotate@4",
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
      headers: { "Matter-Version": version },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it("transferShares is new in version 2026-06-10", async () => {
    const response = await harness.call(transferShares, {
      token: "acme:live:shares:write@3",
      body: TRANSFER,
      headers: { "Matter-Version": "2026-06-10" },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toHaveProperty("object");
  });

  it("reports/annual.v2 is new in version 2026-06-10", async () => {
    const response = await harness.call(annualReport, {
      method: "GET",
      token: "acme:live:reports:read@1",
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
      headers: { "Matter-Version": "2026-06-10" },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty("object");
  });
});
