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
import { ok } from "../../../../../lib/responses";
import { basisPoints } from "../../../../../lib/share-math";

const equity = createEquityService({ prisma, events });

/** getCapTable */
export const GET = pipeline(
  withAuth(),
  withScope("shares:read"),
  withRateLimit("getCapTable"),
  withIdempotency(),
  withDryRun(),
  withAudit("cap_table.read"),
  withEvent("cap_table.read"),
  async (context) => {
    const { holdings, outstanding, fullyDiluted, asOf } = await equity.capTable(
      caller(context),
      context.params.entity_id ?? "",
    );
    return ok({
      object: "cap_table",
      mode: caller(context).mode,
      entity_id: context.params.entity_id,
      as_of: asOf.toISOString(),
      outstanding,
      holdings: holdings.map((row) => ({
        holder_name: row.holderName,
        share_class: row.shareClass,
        quantity: row.quantity,
        fully_diluted_bp: basisPoints(row.quantity, fullyDiluted),
      })),
    });
  },
);
