import { auditChain, idempotencyStore, rateCounter, tokenStore } from "@repo/database";
import { events } from "@repo/domain-events";
import { bindPorts } from "./lib/ports";

/** Called once by Next.js when a server starts: gives the middleware its doors to the outside. */
export function register(): void {
  bindPorts({
    tokens: tokenStore,
    rates: rateCounter,
    idempotency: idempotencyStore,
    audit: auditChain,
    events,
    now: () => new Date(),
  });
}
