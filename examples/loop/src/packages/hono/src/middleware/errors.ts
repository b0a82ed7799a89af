import { PlatformError } from "@platform/core";
import { logger } from "@platform/logging";
import type { Context } from "hono";

/** Answer with the envelope of the platform; what nobody expected is told to nobody but the log. */
export function onError(error: Error, c: Context) {
  if (error instanceof PlatformError) return c.json(error.body, error.status as 400);
  logger.error({ name: error.name, request_id: c.req.header("X-Request-Id") }, "unexpected error");
  return c.json({ error: "server_error", error_description: "Something went wrong on our side." }, 500);
}
