import { newId } from "@platform/core";
import { createMiddleware } from "hono/factory";
import { sql } from "drizzle-orm";
import type { Env } from "../env";

/** Write one audit row for each request that names an event, in the transaction of its change. */
export const audit = createMiddleware<Env>(async (c, next) => {
  await next();
  const event = c.get("audit_event_type");
  if (event === undefined || c.res.status >= 400) return;
  const { actor_id, actor_type, brand_id } = c.get("auth");
  await c.get("tx").execute(
    sql`insert into audit_log (id, occurred_at, event_type, actor_type, actor_id, entity_id, brand_id, request_id)
        values (${newId("aud")}, now(), ${event}, ${actor_type}, ${actor_id}, ${c.get("audit_entity_id")}, ${brand_id},
                ${c.req.header("X-Request-Id")})`,
  );
});
