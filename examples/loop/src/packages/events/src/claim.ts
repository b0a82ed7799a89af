import type { Transaction } from "@platform/core";
import { sql } from "drizzle-orm";

/** Take an event for a handler; false if that handler had it before, so that a second delivery does nothing. */
export async function claimEvent(tx: Transaction, eventId: string, handler: string, brandId: string): Promise<boolean> {
  const claimed = await tx.execute(
    sql`insert into processed_events (event_id, handler, brand_id) values (${eventId}, ${handler}, ${brandId})
        on conflict do nothing returning event_id`,
  );
  return claimed.rows.length === 1;
}
