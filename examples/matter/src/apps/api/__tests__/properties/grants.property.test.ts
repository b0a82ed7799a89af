import fc from "fast-check";
import { describe, it } from "vitest";
import { sagaProperty } from "../../lib/saga-property";
import { vestedQuantity, vestingSchedule } from "../../lib/vesting-schedule";

interface Pool {
  readonly size: number;
  readonly granted: number;
  readonly vested: number;
  readonly exercised: number;
}

type Step = { readonly kind: "createGrant" | "vest" | "exerciseGrant"; readonly quantity: number };

const step = (pool: Pool, { kind, quantity }: Step): Pool => {
  const room = {
    createGrant: pool.size - pool.granted,
    vest: pool.granted - pool.vested,
    exerciseGrant: pool.vested - pool.exercised,
  };
  if (quantity > room[kind]) return pool;
  const field = { createGrant: "granted", vest: "vested", exerciseGrant: "exercised" } as const;
  return { ...pool, [field[kind]]: pool[field[kind]] + quantity };
};

describe("invariants of grants", () => {
  it("createGrant: a vesting schedule sums to the granted quantity", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 0, max: 48 }),
        fc.integer({ min: 48, max: 120 }),
        (quantity, cliffMonths, totalMonths) => {
          const schedule = vestingSchedule(quantity, { startDate: "2026-01-01", cliffMonths, totalMonths });
          return (
            vestedQuantity(schedule, totalMonths) === quantity && schedule.every((tranche) => tranche.quantity >= 0)
          );
        },
      ),
    );
  });

  it("createGrant, exerciseGrant: granted never exceeds the pool, exercised never exceeds vested", () => {
    fc.assert(
      sagaProperty<Pool, Step>(
        {
          initial: () => ({ size: 1_000, granted: 0, vested: 0, exercised: 0 }),
          step,
          invariants: {
            "granted fits the pool": ({ granted, size }) => granted <= size,
            "exercised has vested": ({ exercised, vested }) => exercised <= vested,
          },
        },
        fc.record({
          kind: fc.constantFrom("createGrant", "vest", "exerciseGrant"),
          quantity: fc.integer({ min: 1, max: 400 }),
        }),
      ),
    );
  });
});
