import { createHmac, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { config } from "./config";
import { logger } from "./logging";
import { seen } from "./seen";

interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly check_in_id?: string };
}

export const webhooks = new Hono();

webhooks.post("/loop/webhooks", async (c) => {
  const raw = await c.req.text();
  const signature = c.req.header("X-Loop-Signature") ?? "";
  if (!isSigned(raw, signature)) return c.json({ error: "unauthenticated" }, 401);
  const delivery = JSON.parse(raw) as Delivery;
  if (!(await seen.first(delivery.id))) return c.body(null, 204);
  logger.info({ delivery: delivery.id, type: delivery.type }, "delivery taken");
  return c.body(null, 204);
});

/** Whether Loop sent exactly these bytes. */
export function isSigned(raw: string, signature: string): boolean {
  const expected = createHmac("sha256", config.webhookSecret).update(raw).digest();
  const given = Buffer.from(signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
