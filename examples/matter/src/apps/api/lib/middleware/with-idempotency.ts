import { DomainError } from "@repo/domain-errors";
import { caller, isMutation, type Step } from "./types";

const digestOf = async (text: string): Promise<string> => {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/**
 * Answer a repeated key with the first answer. Reads and dry runs pass through: a dry run ignores the key.
 * Answers of 500 and above are not kept, so that a transient fault may be tried again.
 */
export function withIdempotency(): Step {
  return (next) => async (context) => {
    const key = context.request.headers.get("Idempotency-Key");
    const dryRun = new URL(context.request.url).searchParams.get("dry_run") === "true";
    if (key === null || dryRun || !isMutation(context.request)) return next(context);

    const { tokenId } = caller(context);
    const bodyDigest = await digestOf(await context.request.clone().text());
    const kept = await context.ports.idempotency.read(tokenId, key);
    if (kept !== null && kept.bodyDigest !== bodyDigest) throw new DomainError("idempotency_key_reused", { key });
    if (kept !== null)
      return new Response(kept.body, { status: kept.status, headers: { "Idempotent-Replay": "true" } });

    const response = await next(context);
    if (response.status < 500) {
      const body = await response.clone().text();
      await context.ports.idempotency.keep(tokenId, key, { bodyDigest, status: response.status, body });
    }
    return response;
  };
}
