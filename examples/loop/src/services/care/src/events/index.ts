import { EVENT_NAMES } from "@platform/contracts";
import { subscribe } from "@platform/events";
import { onUserCreated } from "./user-created.handler";

/** Begin to listen; resolves once every subscription stands. */
export async function startHandlers(): Promise<void> {
  void subscribe(EVENT_NAMES.USER_CREATED_V1, onUserCreated);
}
