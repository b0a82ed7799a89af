import { prisma } from "@repo/database";
import { events } from "@repo/domain-events";
import { createEquityService } from "@repo/equity-service";
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
} from "../../../lib/middleware";
import { page, pageLimit } from "../../../lib/page-cursor";
import { body, count, nested, optionalText, text } from "../../../lib/requests";
import { accepted, ok } from "../../../lib/responses";
import { vestingSchedule } from "../../../lib/vesting-schedule";

const equity = createEquityService({ prisma, events });

/** listGrants */
export const GET = pipeline(
  withAuth(),
  withScope("grants:read"),
  withRateLimit("listGrants"),
  withIdempotency(),
  withDryRun(),
  withAudit("grant.list"),
  withEvent("grant.listed"),
  async (context) => {
    const { searchParams, pathname } = new URL(context.request.url);
    const limit = pageLimit(searchParams.get("limit"));
    const found = await equity.listGrants(caller(context), {
      entityId: searchParams.get("entity_id"),
      after: searchParams.get("starting_after"),
      take: limit + 1,
    });
    return ok(page(found, limit, pathname));
  },
);

/** createGrant */
export const POST = pipeline(
  withAuth(),
  withScope("grants:write", 2),
  withRateLimit("createGrant"),
  withIdempotency(),
  withDryRun(),
  withAudit("grant.create"),
  withEvent("grant.created"),
  async (context) => {
    const fields = await body(context.request);
    const vesting = nested(fields, "vesting");
    const terms = {
      startDate: text(vesting, "start_date"),
      cliffMonths: count(vesting, "cliff_months"),
      totalMonths: count(vesting, "total_months", 1),
    };
    const quantity = count(fields, "quantity", 1);
    const grant = await equity.createGrant(caller(context), {
      entityId: text(fields, "entity_id"),
      recipientName: text(fields, "recipient_name"),
      recipientEmail: optionalText(fields, "recipient_email"),
      instrument: text(fields, "instrument"),
      quantity,
      strikePriceMinor: count(fields, "strike_price_minor"),
      currency: text(fields, "currency"),
      schedule: vestingSchedule(quantity, terms),
      vestingStart: terms.startDate,
      dryRun: context.dryRun,
    });
    return accepted(grant);
  },
);
