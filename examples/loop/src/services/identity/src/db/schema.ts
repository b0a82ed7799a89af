import { jsonb, pgSchema, text, unique } from "drizzle-orm/pg-core";

export const identity = pgSchema("identity");

export const accounts = identity.table(
  "accounts",
  { id: text("id").primaryKey(), brandId: text("brand_id").notNull(), email: text("email").notNull() },
  (table) => [unique("accounts_email").on(table.brandId, table.email)],
);

export const signingKeys = identity.table("signing_keys", {
  id: text("id").primaryKey(),
  publicKey: text("public_key").notNull(),
});

export const outbox = identity.table("outbox", {
  id: text("id").primaryKey(),
  brandId: text("brand_id").notNull(),
  eventName: text("event_name").notNull(),
  payload: jsonb("payload").notNull(),
});
