import { DomainError } from "@repo/domain-errors";
import { RATE_LIMITS } from "../rate-limits";
import { caller, type Step } from "./types";

/** Count the call against the plan's limit for this operation, per organisation and mode. */
export function withRateLimit(operationId: keyof typeof RATE_LIMITS): Step {
  return (next) => async (context) => {
    const principal = caller(context);
    const key = `${principal.orgId}:${principal.mode}:${operationId}`;
    const { allowed, retryAfter } = await context.ports.rates.take(key, RATE_LIMITS[operationId][principal.plan]);
    if (!allowed) throw new DomainError("rate_limit_exceeded", { retry_after: String(retryAfter) });
    return next(context);
  };
}
