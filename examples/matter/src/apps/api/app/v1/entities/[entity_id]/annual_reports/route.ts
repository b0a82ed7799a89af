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
} from "../../../../../lib/middleware";
import { DomainError } from "@repo/domain-errors";
import { windowIsOpen } from "../../../../../lib/filing-deadline";
import type { Handler } from "../../../../../lib/middleware";
import { body, count, text } from "../../../../../lib/requests";
import { accepted } from "../../../../../lib/responses";

const compliance = createComplianceService({ prisma, events });

const fileAnnualReport: Handler = async (context) => {
  const fields = await body(context.request);
  const fiscalYear = count(fields, "fiscal_year", 2000);

  // Registers print the office on one line of at most 120 characters.
  const principalOffice = text(fields, "principal_office").trim().replace(/\s+/g, " ");
  if (principalOffice.length > 120) {
    throw new DomainError("request_validation_failed", {
      param: "principal_office",
      expected: "an address of at most 120 characters",
    });
  }

  // The register refuses the whole filing over one malformed officer, so each name is checked here first.
  const officers = fields.officers;
  if (!Array.isArray(officers) || officers.length === 0) {
    throw new DomainError("request_validation_failed", {
      param: "officers",
      expected: "a list with at least one name",
    });
  }
  const names: string[] = [];
  for (const [index, officer] of officers.entries()) {
    if (typeof officer !== "string" || officer.trim() === "") {
      throw new DomainError("request_validation_failed", {
        param: `officers.${index}`,
        expected: "a name",
      });
    }
    const name = officer.trim().replace(/\s+/g, " ");
    if (names.includes(name)) {
      throw new DomainError("request_validation_failed", {
        param: `officers.${index}`,
        expected: "a name that is not listed twice",
      });
    }
    names.push(name);
  }

  const jurisdiction = await compliance.jurisdictionOf(caller(context), context.params.entity_id ?? "");
  const today = context.ports.now().toISOString().slice(0, 10);
  if (!windowIsOpen(jurisdiction, fiscalYear, today)) {
    throw new DomainError("filing_window_closed", {
      jurisdiction,
      fiscal_year: String(fiscalYear),
    });
  }

  const filing = await compliance.fileAnnualReport(caller(context), {
    entityId: context.params.entity_id ?? "",
    fiscalYear,
    principalOffice,
    officers: names,
    dryRun: context.dryRun,
  });
  return accepted(filing);
};

export const POST = pipeline(
  withAuth(),
  withScope("filings:write", 2),
  withRateLimit("fileAnnualReport"),
  withIdempotency(),
  withDryRun(),
  withAudit("filing.submit"),
  withEvent("filing.submitted"),
  fileAnnualReport,
);
