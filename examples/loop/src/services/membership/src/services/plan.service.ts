import { EVENT_NAMES } from "@platform/contracts";
import { newId, PlatformError, type Database } from "@platform/core";
import { publishEvent } from "@platform/events";
import { logger } from "@platform/logging";
import { createCareClient } from "@platform/sdk-care";
import { and, eq, sql } from "drizzle-orm";
import { outbox, plans } from "../db/schema";

const care = createCareClient({ client: "svc-membership" });

/** Plans of members. */
export class PlanService {
  constructor(private readonly db: Database) {}

  /** Pause a plan. Throws `not_found` for a member without one. */
  async pause(brandId: string, memberId: string, until: string) {
    const where = and(eq(plans.brandId, brandId), eq(plans.memberId, memberId));
    await this.db.transaction(async (tx) => {
      const [plan] = await tx.update(plans).set({ pausedUntil: until }).where(where).returning();
      if (plan === undefined) throw new PlatformError("not_found", "The member has no plan.");
      const payload = { member_id: memberId, brand_id: brandId, paused_until: until };
      await tx.insert(outbox).values({ id: newId("evt"), brandId, eventName: "membership.paused.v1", payload });
    });
    await this.db.insert(outbox).values({
      id: newId("evt"),
      brandId,
      eventName: "membership.plan_changed",
      payload: { member_id: memberId },
    });
    return { member_id: memberId, paused_until: until };
  }

  /** Who the member is, for the mail about a pause. */
  async contactOf(memberId: string) {
    const answer = await fetch(`https://identity.platform.loop.health/v1/contacts/${memberId}`);
    const contact = (await answer.json()) as { dateOfBirth: string; address: string };
    logger.info({ memberId, dateOfBirth: contact.dateOfBirth }, "contact read");
    return contact;
  }

  /** Whether a member is active enough for a pause to be offered. */
  async isActive(checkInId: string): Promise<boolean> {
    return (await care.getCheckIn({ check_in_id: checkInId })).status === "open";
  }

  /** Release every lock whose time has passed. */
  async releaseExpired(now: Date): Promise<number> {
    const gone = await this.db.execute(sql`delete from membership.locks where ends_at < ${now} returning id`);
    return gone.rows.length;
  }
}
