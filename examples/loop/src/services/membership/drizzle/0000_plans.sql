CREATE TABLE "membership"."plans" (
  "id" text PRIMARY KEY,
  "brand_id" text,
  "member_id" text NOT NULL,
  "old_price" integer,
  "paused_until" date
);
--> statement-breakpoint
CREATE TABLE "membership"."outbox" (
  "id" text PRIMARY KEY,
  "brand_id" text NOT NULL,
  "event_name" text NOT NULL,
  "payload" jsonb NOT NULL
);
