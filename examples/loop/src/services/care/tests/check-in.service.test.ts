import { beforeEach, describe, expect, it } from "vitest";
import { careCheckInRecordedV1 } from "@platform/contracts/src/events/care";
import { capturedLogs, PHI_CANARIES } from "@platform/testing";
import { CheckInRepository } from "../src/db/check-in.repository";
import { database } from "../src/db/client";
import { CheckInService, recordedPayload } from "../src/services/check-in.service";

describe("CheckInService", () => {
  let service: CheckInService;

  beforeEach(() => {
    service = new CheckInService(database, new CheckInRepository(database));
  });

  it("keeps a check-in as open", async () => {
    const created = await service.create("loop", { user_id: "usr_keeps", mood: 4 });
    expect(created).toMatchObject({ user_id: "usr_keeps", mood: 4, status: "open" });
  });

  it("answers conflict to a second check-in of the same hour", async () => {
    await service.create("loop", { user_id: "usr_twice", mood: 3 });
    await expect(service.create("loop", { user_id: "usr_twice", mood: 2 })).rejects.toMatchObject({ code: "conflict" });
  });

  it("answers not_found for a check-in of another brand", async () => {
    const { id } = await service.create("loop", { user_id: "usr_brand", mood: 5 });
    await expect(service.read("loopbio", id)).rejects.toMatchObject({ code: "not_found" });
  });

  it("logs nothing that a person wrote", async () => {
    const logs = await capturedLogs(async () => {
      await service.create("loop", { user_id: "usr_logs", mood: 1, note: PHI_CANARIES.note });
    });
    expect(logs).not.toContain(PHI_CANARIES.note);
  });

  it("sends a payload that care.check_in.recorded.v1 accepts", () => {
    const payload = recordedPayload({ id: "chk_1", userId: "usr_1", brandId: "loop" }, new Date());
    expect(careCheckInRecordedV1.parse(payload)).toEqual(payload);
  });
});
