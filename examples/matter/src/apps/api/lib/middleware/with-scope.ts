import { DomainError } from "@repo/domain-errors";
import { caller, type Step } from "./types";

/** Demand a scope and, for consequential operations, a token tier. */
export function withScope(scope: string, minTier = 1): Step {
  return (next) => async (context) => {
    const principal = caller(context);
    if (!principal.scopes.has(scope)) throw new DomainError("token_scope_missing", { scope });
    if (principal.tier < minTier) throw new DomainError("token_tier_required", { tier: String(minTier) });
    return next(context);
  };
}
