ALTER TABLE "membership"."plans" DROP COLUMN "old_price";
--> statement-breakpoint
CREATE INDEX "plans_member" ON "membership"."plans" ("member_id");
