/** How much of the pipeline a handler needs. A new route picks a profile; a reviewer compares it with this table. */
export const HANDLER_PROFILES = {
  read: {
    steps: ["auth", "scope", "rate-limit", "idempotency", "dry-run", "audit", "event"],
    note: "Idempotency and dry run let reads through; audit makes the read visible to the tenant.",
  },
  mutation: {
    steps: ["auth", "scope", "rate-limit", "idempotency", "dry-run", "audit", "event"],
    note: "Answers 202; the end is told by webhook.",
  },
} as const;

export type HandlerProfile = keyof typeof HANDLER_PROFILES;
