import { createHarness, MODES, type Harness } from "@matter/testing";
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

describe("parity of the modes", () => {
  it.each(MODES)("listGrants answers alike in %s mode", async (mode) => {
    const response = await harness.call(listGrants, { method: "GET", token: `acme:${mode}:grants:read@1` });
    expect(response.status).toBe(200);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("createGrant answers alike in %s mode", async (mode) => {
    const response = await harness.call(createGrant, { token: `acme:${mode}:grants:write@2`, body: GRANT });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("exerciseGrant answers alike in %s mode", async (mode) => {
    const response = await harness.call(exerciseGrant, {
      token: `acme:${mode}:grants:exercise@2`,
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
    });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("createEntity answers alike in %s mode", async (mode) => {
    const response = await harness.call(createEntity, { token: `acme:${mode}:entities:write@3`, body: ENTITY });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("issueShares answers alike in %s mode", async (mode) => {
    const response = await harness.call(issueShares, {
      token: `acme:${mode}:shares:write@3`,
      params: PARAMS.issueShares,
      body: ISSUANCE,
    });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("transferShares answers alike in %s mode", async (mode) => {
    const response = await harness.call(transferShares, { token: `acme:${mode}:shares:write@3`, body: TRANSFER });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("legacyTransfer answers alike in %s mode", async (mode) => {
    const response = await harness.call(legacyTransfer, { token: `acme:${mode}:shares:write@3`, body: LEGACY });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("getCapTable answers alike in %s mode", async (mode) => {
    const response = await harness.call(getCapTable, {
      method: "GET",
      token: `acme:${mode}:shares:read@1`,
      params: PARAMS.getCapTable,
    });
    expect(response.status).toBe(200);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("uploadDocument answers alike in %s mode", async (mode) => {
    const response = await harness.call(uploadDocument, { token: `acme:${mode}:documents:write@2`, body: UPLOAD });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("fileAnnualReport answers alike in %s mode", async (mode) => {
    const response = await harness.call(fileAnnualReport, {
      token: `acme:${mode}:filings:write@2`,
      params: PARAMS.fileAnnualReport,
      body: FILING,
    });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("reports/annual.v2 answers alike in %s mode", async (mode) => {
    const response = await harness.call(annualReport, {
      method: "GET",
      token: `acme:${mode}:reports:read@1`,
      query: "?entity_id=ent_4m7x0q2k9v1c8d5b&fiscal_year=2025",
    });
    expect(response.status).toBe(200);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });

  it.each(MODES)("rotateSigningKey answers alike in %s mode", async (mode) => {
    const response = await harness.call(rotateSigningKey, {
      token: `acme:${mode}:keys:rotate@4`,
      params: PARAMS.rotateSigningKey,
      body: ROTATION,
    });
    expect(response.status).toBe(202);
    expect(harness.events().every((event) => event.mode === mode)).toBe(true);
  });
});
