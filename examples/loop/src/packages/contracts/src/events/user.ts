import { z } from "zod";

/** A person has an account. */
export const userCreatedV1 = z.object({
  user_id: z.string(),
  brand_id: z.string(),
  created_at: z.iso.datetime(),
});
