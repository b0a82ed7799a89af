CREATE TABLE "care"."processed_events" (
  "brand_id" text NOT NULL,
  "event_id" text NOT NULL,
  "handler" text NOT NULL,
  "processed_at" timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "processed_events_once" UNIQUE ("event_id", "handler")
);
--> statement-breakpoint
CREATE INDEX "processed_events_brand" ON "care"."processed_events" ("brand_id");
