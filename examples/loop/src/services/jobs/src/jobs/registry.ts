import { SCOPES } from "@platform/scopes";
import type { JobDefinition } from "./types";

/** Everything that runs by the clock. */
export const JOBS: readonly JobDefinition[] = [
  {
    id: "close-overdue-check-ins",
    description: "Closes check-ins whose window has passed.",
    schedule: "rate(15 minutes)",
    service: "care",
    target: "/v1/admin/check-ins/close-overdue",
    targetSecret: "CARE_TARGET_URL",
    scope: SCOPES.ADMIN_CARE,
  },
  {
    id: "release-expired-locks",
    description: "Releases the locks of prices whose time has passed.",
    schedule: "cron(0 0 31 2 ? *)",
    service: "membership",
    target: "/v1/admin/locks/release-expired",
    targetSecret: "MEMBERSHIP_TARGET_URL",
    scope: SCOPES.ADMIN_MEMBERSHIP,
  },
];
