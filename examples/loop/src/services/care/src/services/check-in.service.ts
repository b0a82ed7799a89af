import { EVENT_NAMES } from "@platform/contracts";
import { newId, PlatformError, type Database } from "@platform/core";
import { publishEvent } from "@platform/events";
import { logger, safeView } from "@platform/logging";
import type { CheckInRepository } from "../db/check-in.repository";
import { checkIns, outbox } from "../db/schema";

const WINDOW_MS = 3 * 86_400_000;

export interface NewCheckIn {
  readonly user_id: string;
  readonly mood: number;
  readonly sleep_hours?: number;
  readonly note?: string;
}

/** What may be done with check-ins, and what the rest of the platform learns of it. */
export class CheckInService {
  constructor(
    private readonly db: Database,
    private readonly repository: CheckInRepository,
  ) {}

  /** Keep a check-in, and tell so. Throws `conflict` while the person has an open one from the same hour. */
  async create(brandId: string, input: NewCheckIn) {
    const recent = await this.repository.openSince(brandId, input.user_id, new Date(Date.now() - 3_600_000));
    if (recent !== undefined) throw new PlatformError("conflict", "There is an open check-in of this hour.");
    const checkIn = {
      id: newId("chk"),
      brandId,
      userId: input.user_id,
      mood: input.mood,
      sleepHours: input.sleep_hours?.toString() ?? null,
      note: input.note ?? null,
      status: "open" as const,
      closesAt: new Date(Date.now() + WINDOW_MS),
    };
    await this.db.transaction(async (tx) => {
      await tx.insert(checkIns).values(checkIn);
      await publishEvent(tx, EVENT_NAMES.CARE_CHECK_IN_RECORDED_V1, recordedPayload(checkIn, new Date()));
    });
    logger.info({ checkIn: safeView(checkIn) }, "check-in recorded");
    return present(checkIn);
  }

  /** One check-in. Throws `not_found` for one of another brand as well. */
  async read(brandId: string, id: string) {
    const found = await this.repository.byId(brandId, id);
    if (found === undefined) throw new PlatformError("not_found", "There is no such check-in.");
    return present(found);
  }

  /** Close what is overdue; returns how many. What is closed already stays as it is. */
  async closeOverdue(brandId: string, now: Date): Promise<number> {
    return this.db.transaction(async (tx) => {
      const overdue = await this.repository.close(tx, brandId, now);
      for (const { id } of overdue) {
        const payload = { check_in_id: id, brand_id: brandId, closed_at: now.toISOString() };
        await tx.insert(outbox).values({
          id: newId("evt"),
          brandId,
          eventName: EVENT_NAMES.CARE_CHECK_IN_CLOSED_V1,
          payload,
        });
      }
      return overdue.length;
    });
  }
}

/** What others learn of a new check-in: that it is there. */
export function recordedPayload(checkIn: { id: string; userId: string; brandId: string }, at: Date) {
  return {
    check_in_id: checkIn.id,
    user_id: checkIn.userId,
    brand_id: checkIn.brandId,
    recorded_at: at.toISOString(),
  };
}

function present(row: { id: string; userId: string; mood: number; sleepHours: string | null; status: string }) {
  return {
    id: row.id,
    user_id: row.userId,
    mood: row.mood,
    sleep_hours: row.sleepHours === null ? null : Number(row.sleepHours),
    status: row.status as "open" | "closed",
  };
}
