import { PlatformError } from "@platform/core";
import { createMiddleware } from "hono/factory";
import { createHash } from "node:crypto";
import { store } from "./idempotency-store";
import type { Env } from "../env";

/** Answer a repeated request with the first answer. A key belongs to its client for a day. */
export const idempotency = () =>
  createMiddleware<Env>(async (c, next) => {
    const key = c.req.header("Idempotency-Key");
    if (key === undefined || key.length > 255) {
      throw new PlatformError("validation_error", "Send an Idempotency-Key of at most 255 characters.");
    }
    const body = createHash("sha256").update(await c.req.text()).digest("hex");
    const first = await store.begin(`${c.get("auth").client_id}:${key}`, body);
    if (first.state === "other body") throw new PlatformError("conflict", "The key was used with another body.");
    if (first.state === "answered") {
      c.res = new Response(first.body, { status: first.status, headers: { "Content-Type": "application/json" } });
      return;
    }
    await next();
    await store.end(first.id, c.res.status, await c.res.clone().text());
  });
