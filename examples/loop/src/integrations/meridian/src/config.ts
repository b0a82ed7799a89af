/** Where Loop is, and who we are there; all of it comes from the environment of the stage. */
export const config = {
  base: process.env.LOOP_BASE_URL ?? "",
  clientId: process.env.LOOP_CLIENT_ID ?? "",
  clientSecret: process.env.LOOP_CLIENT_SECRET ?? "",
  redirectUri: process.env.LOOP_REDIRECT_URI ?? "",
  webhookSecret: process.env.LOOP_WEBHOOK_SECRET ?? "",
};
