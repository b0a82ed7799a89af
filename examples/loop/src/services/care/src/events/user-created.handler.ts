import { claimEvent, type Delivered } from "@platform/events";
import { logger } from "@platform/logging";
import { database } from "../db/client";
import { reminderService } from "../services";

/** A new person gets a reminder after a day. */
export async function onUserCreated(event: Delivered<"user.created.v1">): Promise<void> {
  const { user_id, brand_id } = event.payload;
  const isNew = await database.transaction((tx) => claimEvent(tx, event.id, "care.welcome", brand_id));
  if (!isNew) return;
  await reminderService.welcome(brand_id, user_id, new Date());
  logger.info({ event_id: event.id }, "welcome planned");
}
