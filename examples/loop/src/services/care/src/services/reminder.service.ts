import { newId, PlatformError, type Database } from "@platform/core";
import { logger } from "@platform/logging";
import { withCircuitBreaker } from "@platform/resilience";
import { createIdentityClient } from "@platform/sdk-identity";
import { MedisendClient } from "@medisend/client";
import { reminders } from "../db/schema";

const medisend = new MedisendClient({ apiKey: process.env.MEDISEND_API_KEY });
const identity = createIdentityClient();

/** Reminders that people get while a check-in of theirs is open. */
export class ReminderService {
  constructor(private readonly db: Database) {}

  /** Plan the first reminder of a new person. */
  async welcome(brandId: string, userId: string, now: Date): Promise<void> {
    const dueAt = new Date(now.getTime() + 86_400_000);
    await this.db.insert(reminders).values({ id: newId("rem"), brandId, userId, dueAt });
  }

  /** Send one. Throws `unprocessable_entity` for a person who has no address. */
  async send(brandId: string, userId: string): Promise<void> {
    const person = await identity.getContact({ user_id: userId, brand_id: brandId });
    if (person.address === null) throw new PlatformError("unprocessable_entity", "The person has no address.");
    const { address } = person;
    await withCircuitBreaker("medisend", () => medisend.send({ to: address, template: "check-in-reminder" }));
    logger.info({ user_id: userId }, "reminder sent");
  }
}
