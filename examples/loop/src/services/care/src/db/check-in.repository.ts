import type { Database, Transaction } from "@platform/core";
import { and, eq, gte, lt } from "drizzle-orm";
import { checkIns } from "./schema";

/** Check-ins of one brand at a time. */
export class CheckInRepository {
  constructor(private readonly db: Database) {}

  async byId(brandId: string, id: string) {
    const [found] = await this.db
      .select()
      .from(checkIns)
      .where(and(eq(checkIns.brandId, brandId), eq(checkIns.id, id)));
    return found;
  }

  async openSince(brandId: string, userId: string, since: Date) {
    const [found] = await this.db
      .select()
      .from(checkIns)
      .where(
        and(
          eq(checkIns.brandId, brandId),
          eq(checkIns.userId, userId),
          eq(checkIns.status, "open"),
          gte(checkIns.createdAt, since),
        ),
      );
    return found;
  }

  async close(tx: Transaction, brandId: string, now: Date) {
    return tx
      .update(checkIns)
      .set({ status: "closed" })
      .where(and(eq(checkIns.brandId, brandId), eq(checkIns.status, "open"), lt(checkIns.closesAt, now)))
      .returning({ id: checkIns.id });
  }
}
