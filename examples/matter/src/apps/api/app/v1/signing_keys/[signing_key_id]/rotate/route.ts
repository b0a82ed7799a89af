import { createAuthorityService } from "@repo/authority-service";
import { prisma } from "@repo/database";
import { events } from "@repo/domain-events";
import {
  caller,
  pipeline,
  withAudit,
  withAuth,
  withEvent,
  withIdempotency,
  withRateLimit,
  withScope,
} from "../../../../../lib/middleware";
import { DEFAULT_OVERLAP_HOURS, overlapEnd } from "../../../../../lib/key-overlap";
import { body, count, text } from "../../../../../lib/requests";
import { accepted } from "../../../../../lib/responses";

const authority = createAuthorityService({ prisma, events });

/** rotateSigningKey: the key service has no preview, so there is no dry run here. */
export const POST = pipeline(
  withAuth(),
  withScope("keys:rotate", 4),
  withRateLimit("rotateSigningKey"),
  withIdempotency(),
  withAudit("signing_key.rotate"),
  withEvent("signing_key.rotation_started"),
  async (context) => {
    const fields = await body(context.request);
    const reason = text(fields, "reason");
    const hours = fields.overlap_hours === undefined ? DEFAULT_OVERLAP_HOURS : count(fields, "overlap_hours");
    const rotation = await authority.rotateSigningKey(caller(context), {
      signingKeyId: context.params.signing_key_id ?? "",
      reason,
      overlapEndsAt: overlapEnd(context.ports.now(), reason, hours),
    });
    return accepted(rotation);
  },
);
