import { describe, expect, it } from "vitest";
import { database } from "../src/db/client";
import { ReminderService } from "../src/services/reminder.service";

describe("ReminderService", () => {
  const service = new ReminderService(database);

  it("plans the first reminder for the next day", async () => {
    await service.welcome("loop", "usr_welcome", new Date("2026-10-01T08:00:00Z"));
    const rows = await database.query.reminders.findMany();
    expect(rows.map((row) => row.dueAt.toISOString())).toContain("2026-10-02T08:00:00.000Z");
  });

  it("answers unprocessable_entity for a person without an address", async () => {
    await expect(service.send("loop", "usr_no_address")).rejects.toMatchObject({ code: "unprocessable_entity" });
  });
});
