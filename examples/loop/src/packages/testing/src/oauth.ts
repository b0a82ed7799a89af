import { createHash, randomBytes } from "node:crypto";

/** A real token, by the authorization code flow with PKCE against the identity service of this test run. */
export async function authorize({ scopes }: { scopes: readonly string[] }) {
  const verifier = randomBytes(48).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const code = await globalThis.testIssuer.consent({ scopes, code_challenge: challenge, code_challenge_method: "S256" });
  return globalThis.testIssuer.redeem({ code, code_verifier: verifier });
}
