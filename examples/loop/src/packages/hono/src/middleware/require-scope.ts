import { PlatformError } from "@platform/core";
import type { Scope } from "@platform/scopes";
import { createMiddleware } from "hono/factory";
import type { Env } from "../env";

/** Let a request through whose token has the scope; `manage` holds what `read` and `write` do. */
export const requireScope = (scope: Scope) =>
  createMiddleware<Env>(async (c, next) => {
    const [, resource] = scope.split(":");
    const { scopes } = c.get("auth");
    if (!scopes.includes(scope) && (scope.startsWith("admin:") || !scopes.includes(`manage:${resource}`))) {
      throw new PlatformError("insufficient_scope", `This call needs ${scope}.`);
    }
    await next();
  });
