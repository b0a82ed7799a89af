/** Every scope of the platform; services ask for these constants and for nothing else. */
export const SCOPES = {
  READ_ACCOUNT: "read:account",
  MANAGE_CONNECTED_APPS: "manage:connected_apps",
  READ_CHECK_INS: "read:check_ins",
  WRITE_CHECK_INS: "write:check_ins",
  READ_MEMBERSHIP: "read:membership",
  WRITE_MEMBERSHIP: "write:membership",
  ADMIN_CARE: "admin:care",
  ADMIN_IDENTITY: "admin:identity",
  ADMIN_MEMBERSHIP: "admin:membership",
  ADMIN_JOBS: "admin:jobs",
} as const;

export type Scope = (typeof SCOPES)[keyof typeof SCOPES];
