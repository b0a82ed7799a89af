import { expect, it, vi } from "vitest";
import { PlanService } from "../src/services/plan.service";

vi.mock("@platform/events");

it("pauses a plan", async () => {
  const rows = [{ id: "pln_1" }];
  const tx = { update: () => ({ set: () => ({ where: () => ({ returning: async () => rows }) }) }), insert: vi.fn() };
  tx.insert.mockReturnValue({ values: vi.fn() });
  const db = { transaction: (run: (each: typeof tx) => unknown) => run(tx), insert: tx.insert };
  const service = new PlanService(db as never);
  expect(await service.pause("loop", "mem_1", "2026-12-31")).toMatchObject({ paused_until: "2026-12-31" });
});
