import { MODES } from "@matter/testing";
import { prisma } from "@repo/database";
import { ENTITY_ID, GRANT_ID, KEY_ID } from "./samples";

const ORG = "acme";

/** Fill the in-memory database with what the samples speak of, in each mode. */
export function seed(): void {
  const tables = prisma as unknown as Record<string, { rows: object[] }>;
  const fill = (name: string, row: object) => {
    const table = tables[name];
    if (table !== undefined)
      table.rows.splice(0, table.rows.length, ...MODES.map((mode) => ({ ...row, orgId: ORG, mode })));
  };
  fill("entity", {
    id: ENTITY_ID,
    legalName: "Acme Inc.",
    jurisdiction: "us-wy",
    authorizedShares: 10_000_000,
    optionPool: 1_000_000,
    closingSince: null,
  });
  fill("grant", {
    id: GRANT_ID,
    entityId: ENTITY_ID,
    instrument: "iso",
    quantity: 4800,
    exercised: 0,
    strikePriceMinor: 125,
    status: "active",
    vestingStart: "2024-01-01",
    schedule: [{ month: 12, quantity: 4800 }],
  });
  fill("certificate", {
    id: "iss_0123456789abcdef",
    entityId: ENTITY_ID,
    number: "common-1",
    holderName: "Rosa Lindqvist",
    shareClass: "common",
    quantity: 1000,
    status: "settled",
  });
  fill("filing", {
    id: "fil_0123456789abcdef",
    entityId: ENTITY_ID,
    fiscalYear: 2025,
    principalOffice: "Dover",
    officers: ["Rosa"],
    status: "accepted",
  });
  fill("signingKey", { id: KEY_ID, fingerprint: "ab12", overlapEndsAt: null });
}
