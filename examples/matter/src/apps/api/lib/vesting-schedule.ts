export interface VestingTerms {
  readonly startDate: string;
  readonly cliffMonths: number;
  readonly totalMonths: number;
}

export interface Tranche {
  /** Months after the start date. */
  readonly month: number;
  readonly quantity: number;
}

/**
 * Split a grant into monthly tranches. What accrues before the cliff vests at the cliff; rounding is carried
 * forward, so the tranches sum to the quantity exactly.
 */
export function vestingSchedule(quantity: number, terms: VestingTerms): readonly Tranche[] {
  const vestedBy = (month: number): number => Math.floor((quantity * month) / terms.totalMonths);
  const first = Math.max(terms.cliffMonths, 1);
  const tranches: Tranche[] = [{ month: first, quantity: vestedBy(first) }];
  for (let month = first + 1; month <= terms.totalMonths; month += 1) {
    tranches.push({ month, quantity: vestedBy(month) - vestedBy(month - 1) });
  }
  return tranches;
}

/** Whole months from one ISO date to another instant, never negative. */
export function monthsSince(startDate: string, now: Date): number {
  const start = new Date(`${startDate}T00:00:00Z`);
  const months = (now.getUTCFullYear() - start.getUTCFullYear()) * 12 + now.getUTCMonth() - start.getUTCMonth();
  return Math.max(0, now.getUTCDate() < start.getUTCDate() ? months - 1 : months);
}

export function vestedQuantity(schedule: readonly Tranche[], months: number): number {
  return schedule.filter((tranche) => tranche.month <= months).reduce((sum, tranche) => sum + tranche.quantity, 0);
}
