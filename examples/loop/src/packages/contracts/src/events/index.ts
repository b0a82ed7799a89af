import type { z } from "zod";
import { careCheckInClosedV1, careCheckInRecordedV1 } from "./care";
import { membershipPausedV1 } from "./membership";
import { userCreatedV1 } from "./user";

/** Every event of the platform by its name; the bus refuses what is not here. */
export const EVENT_SCHEMAS = {
  "care.check_in.recorded.v1": careCheckInRecordedV1,
  "care.check_in.closed.v1": careCheckInClosedV1,
  "membership.paused.v1": membershipPausedV1,
  "user.created.v1": userCreatedV1,
} as const;

export type EventName = keyof typeof EVENT_SCHEMAS;
export type EventPayload<N extends EventName> = z.infer<(typeof EVENT_SCHEMAS)[N]>;
