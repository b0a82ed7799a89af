import { createComplianceService } from "@repo/compliance-service";
import { prisma } from "@repo/database";
import { events } from "@repo/domain-events";
import {
  caller,
  pipeline,
  withAudit,
  withAuth,
  withDryRun,
  withEvent,
  withIdempotency,
  withRateLimit,
  withScope,
} from "../../../../lib/middleware";
import { reportSections } from "../../../../lib/report-sections";
import { ok } from "../../../../lib/responses";

const compliance = createComplianceService({ prisma, events });

/** reports/annual.v2 */
export const GET = pipeline(
  withAuth(),
  withScope("reports:read"),
  withRateLimit("reports/annual.v2"),
  withIdempotency(),
  withDryRun(),
  withAudit("report.annual_read"),
  withEvent("report.annual_read"),
  async (context) => {
    const { searchParams } = new URL(context.request.url);
    const entityId = searchParams.get("entity_id") ?? "";
    const fiscalYear = Number(searchParams.get("fiscal_year"));
    const closed = await compliance.closedYear(caller(context), entityId, fiscalYear);
    return ok({
      object: "annual_report",
      mode: caller(context).mode,
      entity_id: entityId,
      fiscal_year: fiscalYear,
      sections: reportSections(closed),
    });
  },
);
