import pino from "pino";

export const logger = pino({ level: process.env.LOG_LEVEL ?? "info" });

const SAFE = new Set(["id", "brand_id", "status", "created_at", "window"]);

/** What of a record may stand in a log: ids, states and times, never what a person told us about themselves. */
export function safeView<T extends object>(record: T): Partial<T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => SAFE.has(key))) as Partial<T>;
}
