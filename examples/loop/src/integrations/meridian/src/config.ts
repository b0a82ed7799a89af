/** Where Loop is, and who we are there; all of it comes from the environment of the stage. */
export const config = {
  base: process.env.LOOP_BASE_URL ?? "",
  clientId: process.env.LOOP_CLIENT_ID ?? "",
  clientSecret: process.env.LOOP_CLIENT_SECRET ?? "",
  redirectUri: process.env.LOOP_REDIRECT_URI ?? "",
  webhookSecret: required("LOOP_WEBHOOK_SECRET"),
};

/** A key that nobody set would let anybody sign; without it we do not start. */
function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
