import { describe, expect, it } from "vitest";
import { page, pageLimit } from "../../lib/page-cursor";
import { basisPoints, issuable, splitCertificate } from "../../lib/share-math";
import { monthsSince, vestedQuantity, vestingSchedule } from "../../lib/vesting-schedule";

describe("vestingSchedule", () => {
  const terms = { startDate: "2026-01-31", cliffMonths: 12, totalMonths: 48 };

  it("vests a year's worth at the cliff and the rest month by month", () => {
    const schedule = vestingSchedule(4800, terms);
    expect(schedule[0]).toEqual({ month: 12, quantity: 1200 });
    expect(schedule).toHaveLength(37);
  });

  it("carries rounding forward so that nothing is lost", () => {
    expect(vestedQuantity(vestingSchedule(1001, terms), 48)).toBe(1001);
  });

  it("counts a month only when its day has come", () => {
    expect(monthsSince("2026-01-31", new Date("2026-02-28T00:00:00Z"))).toBe(0);
    expect(monthsSince("2026-01-15", new Date("2026-03-15T00:00:00Z"))).toBe(2);
    expect(monthsSince("2027-01-01", new Date("2026-03-15T00:00:00Z"))).toBe(0);
  });
});

describe("share math", () => {
  it("leaves nothing to issue when the charter was amended downwards", () => {
    expect(issuable(100, 80, 40)).toBe(0);
    expect(issuable(100, 30, 20)).toBe(50);
  });

  it("splits a certificate or refuses", () => {
    expect(splitCertificate(100, 40)).toEqual({ moved: 40, kept: 60 });
    expect(splitCertificate(100, 101)).toBeNull();
  });

  it("gives 0 basis points of nothing", () => {
    expect(basisPoints(0, 0)).toBe(0);
    expect(basisPoints(1, 3)).toBe(3333);
  });
});

describe("page", () => {
  it("keeps the limit between 1 and 100 and falls back to 10", () => {
    expect([null, "0", "500", "7", "x"].map(pageLimit)).toEqual([10, 1, 100, 7, 10]);
  });

  it("tells of another page by the one item too many", () => {
    const found = [{ id: "grt_1" }, { id: "grt_2" }, { id: "grt_3" }];
    expect(page(found, 2, "/v1/grants")).toMatchObject({ has_more: true, next_cursor: "grt_2" });
    expect(page(found, 3, "/v1/grants")).not.toHaveProperty("next_cursor");
  });
});
