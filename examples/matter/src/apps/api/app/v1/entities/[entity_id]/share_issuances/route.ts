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
import type { Handler } from "../../../../../lib/middleware";
import { body, count, optionalText, text } from "../../../../../lib/requests";
import { accepted } from "../../../../../lib/responses";
import { issuable } from "../../../../../lib/share-math";

const equity = createEquityService({ prisma, events });

const issueShares: Handler = async (context) => {
  const fields = await body(context.request);
  const issuance = await equity.issueShares(caller(context), {
    entityId: context.params.entity_id ?? "",
    shareClass: text(fields, "share_class"),
    quantity: count(fields, "quantity", 1),
    priceMinor: count(fields, "price_minor"),
    currency: text(fields, "currency"),
    holderName: text(fields, "holder_name"),
    boardConsentId: optionalText(fields, "board_consent_id"),
    issuableOf: ({ authorized, outstanding, reserved }) => issuable(authorized, outstanding, reserved),
    dryRun: context.dryRun,
  });
  return accepted(issuance);
};

export const POST = pipeline(
  withAuth(),
  withScope("shares:write", 3),
  withRateLimit("issueShares"),
  withIdempotency(),
  withDryRun(),
  withAudit("share.issue"),
  withEvent("share.issued"),
  issueShares,
);
