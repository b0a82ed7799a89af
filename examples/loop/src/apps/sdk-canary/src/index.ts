import { createCareClient } from "@platform/sdk-care";
import { createIdentityClient } from "@platform/sdk-identity";

/** One round through care, as a consumer from outside would go; returns what it wrote. */
export async function careRound(stage: string) {
  const { access_token } = await createIdentityClient({ stage }).clientToken({ scope: "write:check_ins" });
  const care = createCareClient({ token: access_token, stage });
  const written = await care.createCheckIn({ user_id: "usr_canary", mood: 3 });
  return care.getCheckIn({ check_in_id: written.id });
}
