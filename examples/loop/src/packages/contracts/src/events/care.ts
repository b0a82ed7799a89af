import { z } from "zod";

/** A person wrote a check-in. It says that there is one; what stands in it is read with a scope. */
export const careCheckInRecordedV1 = z
  .object({
    check_in_id: z.string(),
    user_id: z.string(),
    brand_id: z.string(),
    recorded_at: z.iso.datetime(),
  })
  .meta({ user_facing: true, scope: "read:check_ins" });

/** A check-in was open for longer than its window, and nobody may add to it any more. */
export const careCheckInClosedV1 = z.object({
  check_in_id: z.string(),
  brand_id: z.string(),
  closed_at: z.iso.datetime(),
});
