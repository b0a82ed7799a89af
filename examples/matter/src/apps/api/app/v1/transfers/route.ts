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
} from "../../../lib/middleware";
import { body, count, text } from "../../../lib/requests";
import { accepted } from "../../../lib/responses";
import { splitCertificate } from "../../../lib/share-math";

const equity = createEquityService({ prisma, events });
const RETIREMENT = {
  Deprecation: "@1781049600",
  Sunset: "Thu, 30 Nov 2028 00:00:00 GMT",
  Link: '</v1/share_transfers>; rel="successor-version"',
};

/** legacyTransfer */
export const POST = pipeline(
  withAuth(),
  withScope("shares:write", 3),
  withRateLimit("legacyTransfer"),
  withIdempotency(),
  withDryRun(),
  withAudit("share.legacy_transfer"),
  withEvent("share.transferred"),
  async (context) => {
    const fields = await body(context.request);
    const transfer = await equity.legacyTransfer(caller(context), {
      entityId: text(fields, "entity_id"),
      fromHolder: text(fields, "from_holder"),
      toHolder: text(fields, "to_holder"),
      shares: count(fields, "shares", 1),
      split: splitCertificate,
      dryRun: context.dryRun,
    });
    const response = accepted(transfer);
    for (const [name, value] of Object.entries(RETIREMENT)) response.headers.set(name, value);
    return response;
  },
);
