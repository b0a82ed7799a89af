/** The events that partners may subscribe to, and the scope that each asks for. */
export const WEBHOOK_EVENTS = {
  "care.check_in.recorded.v1": "read:check_ins",
  "membership.paused.v1": "read:membership",
} as const;
