ALTER TABLE "care"."check_ins" ADD COLUMN "closes_at" timestamp with time zone;
