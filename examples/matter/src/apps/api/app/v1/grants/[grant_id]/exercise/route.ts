import { createEquityService } from "@repo/equity-service";
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
import { body, count, text } from "../../../../../lib/requests";
import { accepted } from "../../../../../lib/responses";
import { monthsSince, vestedQuantity } from "../../../../../lib/vesting-schedule";

const equity = createEquityService({ prisma, events });

/** exerciseGrant */
export const POST = pipeline(
  withAuth(),
  withScope("grants:exercise", 2),
  withRateLimit("exerciseGrant"),
  withIdempotency(),
  withDryRun(),
  withAudit("grant.exercise"),
  withEvent("grant.exercised"),
  async (context) => {
    const fields = await body(context.request);
    const exercise = await equity.exerciseGrant(caller(context), {
      grantId: context.params.grant_id ?? "",
      quantity: count(fields, "quantity", 1),
      paymentReference: text(fields, "payment_reference"),
      vestedOf: ({ schedule, vestingStart }) =>
        vestedQuantity(schedule, monthsSince(vestingStart, context.ports.now())),
      dryRun: context.dryRun,
    });
    return accepted(exercise);
  },
);
