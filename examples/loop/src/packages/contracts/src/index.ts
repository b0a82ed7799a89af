export { EVENT_SCHEMAS, type EventName, type EventPayload } from "./events";
export { EVENT_NAMES } from "./events/names.generated";
export { WEBHOOK_EVENTS } from "./webhooks/catalog";
export { WEBHOOK_FILTERS } from "./webhooks/filters";
export { WEBHOOK_HEADERS } from "./webhooks/headers";
