import { DomainError } from "@repo/domain-errors";
import type { Step } from "./types";

/** Resolve the bearer token to a principal. Everything behind it may rely on one. */
export function withAuth(): Step {
  return (next) => async (context) => {
    const header = context.request.headers.get("Authorization") ?? "";
    const token = header.startsWith("Bearer ") ? header.slice("Bearer ".length) : "";
    const principal = token === "" ? null : await context.ports.tokens.find(token);
    if (principal === null) throw new DomainError("token_invalid", {});
    context.principal = principal;
    return next(context);
  };
}
