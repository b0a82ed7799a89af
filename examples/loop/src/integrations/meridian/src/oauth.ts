import { createHash, randomBytes } from "node:crypto";
import { config } from "./config";
import { LoopError } from "./errors";

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

/** What we remember between the redirect and the callback. */
export interface Attempt {
  readonly state: string;
  readonly verifier: string;
  readonly url: string;
}

/** Begin: where to send the person. */
export function beginConnect(scopes: readonly string[]): Attempt {
  const verifier = randomBytes(48).toString("base64url");
  const state = randomBytes(16).toString("hex");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const query = new URLSearchParams({
    response_type: "code",
    client_id: config.clientId,
    redirect_uri: config.redirectUri,
    scope: scopes.join(" "),
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  return { state, verifier, url: `${config.base}/v1/oauth/authorize?${query}` };
}

/** End: the code for tokens. */
export async function finishConnect(code: string, attempt: Attempt): Promise<Tokens> {
  return request({
    grant_type: "authorization_code",
    code,
    redirect_uri: config.redirectUri,
    code_verifier: attempt.verifier,
  });
}

/** New tokens for old ones. The refresh token is used up; keep the new one. */
export async function refreshTokens(refreshToken: string): Promise<Tokens> {
  return request({ grant_type: "refresh_token", refresh_token: refreshToken });
}

/** Tell Loop that the person disconnected; both tokens end. */
export async function revokeAccess(refreshToken: string): Promise<void> {
  await post("/v1/oauth/revoke", { token: refreshToken });
}

async function request(body: Record<string, string>): Promise<Tokens> {
  return (await (await post("/v1/oauth/token", body)).json()) as Tokens;
}

async function post(path: string, body: Record<string, string>): Promise<Response> {
  const answer = await fetch(config.base + path, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ ...body, client_id: config.clientId, client_secret: config.clientSecret }),
  });
  if (!answer.ok) throw await LoopError.of(answer);
  return answer;
}
