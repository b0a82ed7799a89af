/** What every delivery carries; `SIGNATURE` is the HMAC-SHA256 of the raw body, in hex. */
export const WEBHOOK_HEADERS = {
  SIGNATURE: "X-Loop-Signature",
  EVENT_ID: "X-Loop-Event-Id",
  EVENT_TYPE: "X-Loop-Event-Type",
  ATTEMPT: "X-Loop-Delivery-Attempt",
} as const;
