import { PlatformError } from "@platform/core";
import { createMiddleware } from "hono/factory";
import { agreements } from "./agreements";
import type { Env } from "../env";

/** Health data goes to third parties with a signed agreement; our own apps need none. */
export const requireBaa = () =>
  createMiddleware<Env>(async (c, next) => {
    const { client_id, first_party } = c.get("auth");
    if (!first_party && !(await agreements.isInForce(client_id))) {
      throw new PlatformError("forbidden", "No business associate agreement with this client is in force.");
    }
    await next();
  });
