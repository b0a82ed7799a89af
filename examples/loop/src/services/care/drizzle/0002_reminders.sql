CREATE TABLE "care"."reminders" (
  "id" text PRIMARY KEY,
  "brand_id" text NOT NULL,
  "user_id" text NOT NULL,
  "due_at" timestamp with time zone NOT NULL,
  "sent_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "reminders_brand_due" ON "care"."reminders" ("brand_id", "due_at");
