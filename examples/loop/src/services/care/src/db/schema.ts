import { index, integer, jsonb, numeric, pgSchema, text, timestamp, unique } from "drizzle-orm/pg-core";

export const care = pgSchema("care");

export const checkIns = care.table(
  "check_ins",
  {
    id: text("id").primaryKey(),
    brandId: text("brand_id").notNull(),
    userId: text("user_id").notNull(),
    mood: integer("mood").notNull(),
    sleepHours: numeric("sleep_hours", { precision: 4, scale: 2 }),
    note: text("note"),
    status: text("status").notNull().default("open"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
    closesAt: timestamp("closes_at", { withTimezone: true }),
  },
  (table) => [index("check_ins_brand_user").on(table.brandId, table.userId, table.createdAt)],
);

export const reminders = care.table(
  "reminders",
  {
    id: text("id").primaryKey(),
    brandId: text("brand_id").notNull(),
    userId: text("user_id").notNull(),
    dueAt: timestamp("due_at", { withTimezone: true }).notNull(),
    sentAt: timestamp("sent_at", { withTimezone: true }),
  },
  (table) => [index("reminders_brand_due").on(table.brandId, table.dueAt)],
);

export const outbox = care.table(
  "outbox",
  {
    id: text("id").primaryKey(),
    brandId: text("brand_id").notNull(),
    eventName: text("event_name").notNull(),
    payload: jsonb("payload").notNull(),
    sentAt: timestamp("sent_at", { withTimezone: true }),
  },
  (table) => [index("outbox_brand").on(table.brandId)],
);

export const processedEvents = care.table(
  "processed_events",
  {
    brandId: text("brand_id").notNull(),
    eventId: text("event_id").notNull(),
    handler: text("handler").notNull(),
    processedAt: timestamp("processed_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique("processed_events_once").on(table.eventId, table.handler),
    index("processed_events_brand").on(table.brandId),
  ],
);

export const auditLog = care.table(
  "audit_log",
  {
    id: text("id").primaryKey(),
    brandId: text("brand_id").notNull(),
    occurredAt: timestamp("occurred_at", { withTimezone: true }).notNull(),
    eventType: text("event_type").notNull(),
    actorType: text("actor_type").notNull(),
    actorId: text("actor_id").notNull(),
    entityId: text("entity_id"),
    requestId: text("request_id"),
    details: jsonb("details"),
  },
  (table) => [index("audit_log_brand_time").on(table.brandId, table.occurredAt)],
);
