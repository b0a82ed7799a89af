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

/** transferShares */
export const POST = pipeline(
  withAuth(),
  withScope("shares:write", 3),
  withRateLimit("transferShares"),
  withIdempotency(),
  withDryRun(),
  withAudit("share.transfer"),
  withEvent("share.transfer_started"),
  async (context) => {
    const fields = await body(context.request);
    const transfer = await equity.transferShares(caller(context), {
      entityId: text(fields, "entity_id"),
      certificateNumber: text(fields, "certificate_number"),
      quantity: count(fields, "quantity", 1),
      toHolderName: text(fields, "to_holder_name"),
      considerationMinor: fields.consideration_minor === undefined ? null : count(fields, "consideration_minor"),
      split: splitCertificate,
      dryRun: context.dryRun,
    });
    return accepted(transfer);
  },
);
