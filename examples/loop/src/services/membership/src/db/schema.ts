import { date, jsonb, pgSchema, text } from "drizzle-orm/pg-core";

export const membership = pgSchema("membership");

export const plans = membership.table("plans", {
  id: text("id").primaryKey(),
  brandId: text("brand_id"),
  memberId: text("member_id").notNull(),
  pausedUntil: date("paused_until"),
});

export const outbox = membership.table("outbox", {
  id: text("id").primaryKey(),
  brandId: text("brand_id").notNull(),
  eventName: text("event_name").notNull(),
  payload: jsonb("payload").notNull(),
});
