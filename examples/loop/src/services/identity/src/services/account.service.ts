import { EVENT_NAMES } from "@platform/contracts";
import { newId, type Database } from "@platform/core";
import { publishEvent } from "@platform/events";
import { logger } from "@platform/logging";
import { accounts } from "../db/schema";

/** Accounts of people. */
export class AccountService {
  constructor(private readonly db: Database) {}

  /** Open an account, and tell the rest of the platform. */
  async open(brandId: string, email: string) {
    const account = { id: newId("usr"), brandId, email };
    await this.db.transaction(async (tx) => {
      await tx.insert(accounts).values(account);
      const payload = { user_id: account.id, brand_id: brandId, created_at: new Date().toISOString() };
      await publishEvent(tx, EVENT_NAMES.USER_CREATED_V1, payload);
    });
    logger.info({ account_id: account.id }, "account opened");
    return account;
  }
}
