import type { Transaction } from "@platform/core";
import { newId } from "@platform/core";
import { EVENT_SCHEMAS, type EventName, type EventPayload } from "@platform/contracts";
import { sql } from "drizzle-orm";

/** Put an event into the outbox of the caller's transaction; it leaves with the change or not at all. */
export async function publishEvent<N extends EventName>(tx: Transaction, name: N, payload: EventPayload<N>) {
  const checked = EVENT_SCHEMAS[name].parse(payload);
  await tx.execute(
    sql`insert into outbox (id, event_name, payload, brand_id)
        values (${newId("evt")}, ${name}, ${JSON.stringify(checked)}, ${checked.brand_id})`,
  );
}
