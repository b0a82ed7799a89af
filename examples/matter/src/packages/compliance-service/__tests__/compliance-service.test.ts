import { fakePrisma } from "@matter/testing";
import { describe, expect, it } from "vitest";
import { createComplianceService, type Deps } from "../src";

const ACME = { orgId: "acme", mode: "live" };
const ENTITY_ID = "ent_4m7x0q2k9v1c8d5b";

function service() {
  const prisma = fakePrisma();
  return {
    prisma,
    compliance: createComplianceService({ prisma, events: { emit: async () => undefined } } as unknown as Deps),
  };
}

describe("annual reports", () => {
  it("closes a year only when its filing was accepted", async () => {
    const { prisma, compliance } = service();
    const input = {
      entityId: ENTITY_ID,
      fiscalYear: 2025,
      principalOffice: "Dover",
      officers: ["Rosa"],
      dryRun: false,
    };
    expect(await compliance.fileAnnualReport(ACME, input)).toMatchObject({ status: "submitted" });
    await expect(compliance.closedYear(ACME, ENTITY_ID, 2025)).rejects.toMatchObject({ code: "report_not_ready" });
    Object.assign(prisma.filing.rows[0] ?? {}, { status: "accepted" });
    expect(await compliance.closedYear(ACME, ENTITY_ID, 2025)).toMatchObject({ officers: ["Rosa"], outstanding: 0 });
  });

  it("knows the jurisdiction of its own entities only", async () => {
    const { compliance } = service();
    expect(await compliance.jurisdictionOf(ACME, ENTITY_ID)).toBe("us-wy");
    await expect(compliance.jurisdictionOf({ ...ACME, orgId: "mallory" }, ENTITY_ID)).rejects.toMatchObject({
      code: "resource_not_found",
    });
  });
});
