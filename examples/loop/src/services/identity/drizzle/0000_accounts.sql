CREATE TABLE "identity"."accounts" (
  "id" text PRIMARY KEY,
  "brand_id" text NOT NULL,
  "email" text NOT NULL,
  CONSTRAINT "accounts_email" UNIQUE ("brand_id", "email")
);
--> statement-breakpoint
CREATE TABLE "identity"."signing_keys" (
  "id" text PRIMARY KEY,
  "public_key" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."outbox" (
  "id" text PRIMARY KEY,
  "brand_id" text NOT NULL,
  "event_name" text NOT NULL,
  "payload" jsonb NOT NULL
);
