/** What a partner can choose in the portal: each event with the label that the portal shows. */
export const WEBHOOK_FILTERS = {
  "care.check_in.recorded.v1": "A person wrote a check-in",
  "membership.paused.v1": "A member paused their plan",
} as const;
