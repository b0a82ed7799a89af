const HOUR_MS = 3_600_000;
export const DEFAULT_OVERLAP_HOURS = 48;

/** When the old key stops verifying. A compromised key stops at once, whatever overlap was asked for. */
export function overlapEnd(now: Date, reason: string, hours: number = DEFAULT_OVERLAP_HOURS): Date {
  return reason === "compromise" ? now : new Date(now.getTime() + hours * HOUR_MS);
}
