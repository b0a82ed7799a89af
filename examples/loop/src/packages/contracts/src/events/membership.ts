import { z } from "zod";

/** A member paused their plan. */
export const membershipPausedV1 = z.object({
  member_id: z.string(),
  brand_id: z.string(),
  paused_until: z.iso.date(),
});
