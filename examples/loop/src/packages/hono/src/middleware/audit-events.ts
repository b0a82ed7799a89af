/** Every audit event: service, entity, action. */
export const AUDIT_EVENTS = {
  CARE_CHECK_IN_CREATED: "care.check_in.created",
  CARE_CHECK_IN_CLOSED: "care.check_in.closed",
  IDENTITY_CONNECTED_APP_REVOKED: "identity.connected_app.revoked",
  IDENTITY_TOKEN_ISSUED: "identity.token.issued",
  MEMBERSHIP_PLAN_PAUSED: "membership.plan.paused",
  MEMBERSHIP_LOCK_RELEASED: "membership.lock.released",
  JOBS_RUN_REQUESTED: "jobs.run.requested",
} as const;
