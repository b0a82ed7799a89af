CREATE SCHEMA "care";
--> statement-breakpoint
CREATE TABLE "care"."check_ins" (
  "id" text PRIMARY KEY,
  "brand_id" text NOT NULL,
  "user_id" text NOT NULL,
  "mood" integer NOT NULL,
  "sleep_hours" numeric(4, 2),
  "note" text,
  "status" text NOT NULL DEFAULT 'open',
  "created_at" timestamp with time zone NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE INDEX "check_ins_brand_user" ON "care"."check_ins" ("brand_id", "user_id", "created_at");
--> statement-breakpoint
CREATE TABLE "care"."outbox" (
  "id" text PRIMARY KEY,
  "brand_id" text NOT NULL,
  "event_name" text NOT NULL,
  "payload" jsonb NOT NULL,
  "sent_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "outbox_brand" ON "care"."outbox" ("brand_id");
--> statement-breakpoint
CREATE TABLE "care"."audit_log" (
  "id" text PRIMARY KEY,
  "brand_id" text NOT NULL,
  "occurred_at" timestamp with time zone NOT NULL,
  "event_type" text NOT NULL,
  "actor_type" text NOT NULL,
  "actor_id" text NOT NULL,
  "entity_id" text,
  "request_id" text,
  "details" jsonb
);
--> statement-breakpoint
CREATE INDEX "audit_log_brand_time" ON "care"."audit_log" ("brand_id", "occurred_at");
