export type Cadence = "monthly" | "quarterly" | "yearly";

/** Drills by operation or kind. The weekly forum sees what is overdue and what is due within seven days. */
export const CHAOS_CADENCE = [
  { id: "grant-pool-contention", target: "createGrant", cadence: "quarterly", lastRun: "2026-09-17" },
  { id: "grant-list-replica-lag", target: "listGrants", cadence: "quarterly", lastRun: "2026-09-17" },
  { id: "exercise-payment-timeout", target: "exerciseGrant", cadence: "quarterly", lastRun: "2026-09-24" },
  { id: "register-outage", target: "createEntity", cadence: "quarterly", lastRun: "2026-10-08" },
  { id: "ledger-write-conflict", target: "issueShares", cadence: "quarterly", lastRun: "2026-10-01" },
  { id: "transfer-saga-interrupt", target: "transferShares", cadence: "quarterly", lastRun: "2026-10-15" },
  { id: "legacy-transfer-interrupt", target: "transfers", cadence: "yearly", lastRun: "2026-02-12" },
  { id: "object-store-slow", target: "documents", cadence: "quarterly", lastRun: "2026-08-27" },
  { id: "register-duplicate-answer", target: "filings", cadence: "quarterly", lastRun: "2026-08-20" },
  { id: "key-service-unreachable", target: "rotateSigningKey", cadence: "monthly", lastRun: "2026-10-22" },
  { id: "report-cache-loss", target: "reports", cadence: "quarterly", lastRun: "2026-09-10" },
] as const;

const DAYS: Readonly<Record<Cadence, number>> = { monthly: 31, quarterly: 92, yearly: 366 };
const DAY_MS = 86_400_000;

/** Days until a drill is due; negative when it is overdue. */
export function dueInDays(entry: (typeof CHAOS_CADENCE)[number], now: Date): number {
  const due = Date.parse(`${entry.lastRun}T00:00:00Z`) + DAYS[entry.cadence] * DAY_MS;
  return Math.floor((due - now.getTime()) / DAY_MS);
}
