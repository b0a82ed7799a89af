import type { PrismaClient, Tenant } from "@repo/database";
import { DomainError } from "@repo/domain-errors";
import type { EventEmitter } from "@repo/domain-events";
import { newId } from "@repo/resource-ids";

/** What the compliance service needs from outside. */
export interface Deps {
  readonly prisma: PrismaClient;
  readonly events: EventEmitter;
}

export interface AnnualReportInput {
  readonly entityId: string;
  readonly fiscalYear: number;
  readonly principalOffice: string;
  readonly officers: readonly string[];
  readonly dryRun: boolean;
}

export function createComplianceService({ prisma, events }: Deps) {
  const entityOf = async ({ orgId, mode }: Tenant, id: string) => {
    const entity = await prisma.entity.findFirst({ where: { id, orgId, mode } });
    if (entity === null) throw new DomainError("resource_not_found", { id });
    return entity;
  };

  return {
    jurisdictionOf: async (tenant: Tenant, entityId: string) => (await entityOf(tenant, entityId)).jurisdiction,

    async fileAnnualReport(tenant: Tenant, { dryRun, ...input }: AnnualReportInput) {
      const { orgId, mode } = tenant;
      const entity = await entityOf(tenant, input.entityId);
      const row = { id: newId("filing"), orgId, mode, ...input, officers: [...input.officers], status: "submitted" };
      if (!dryRun) {
        await prisma.filing.create({ data: row });
        await events.emit({ type: "filing.queued", orgId, mode, subjectId: row.id, occurredAt: new Date() });
      }
      return {
        id: row.id,
        object: "annual_report_filing",
        mode,
        entity_id: entity.id,
        fiscal_year: row.fiscalYear,
        status: row.status,
      };
    },

    /** What a closed fiscal year holds; refused while the year's filing is not accepted. */
    async closedYear(tenant: Tenant, entityId: string, fiscalYear: number) {
      const entity = await entityOf(tenant, entityId);
      const { orgId, mode } = tenant;
      const filing = await prisma.filing.findFirst({
        where: { orgId, mode, entityId, fiscalYear, status: "accepted" },
      });
      if (filing === null) throw new DomainError("report_not_ready", { fiscal_year: String(fiscalYear) });
      const held = await prisma.certificate.aggregate({
        where: { orgId, mode, entityId, status: "settled" },
        _sum: { quantity: true },
      });
      return {
        legalName: entity.legalName,
        fiscalYear,
        principalOffice: filing.principalOffice,
        officers: filing.officers,
        outstanding: held._sum.quantity ?? 0,
      };
    },
  };
}
