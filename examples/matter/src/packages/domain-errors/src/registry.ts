/** The families of codes: the first word of a code says which part of the system speaks. */
export const FAMILIES = [
  "document",
  "entity",
  "filing",
  "grant",
  "idempotency",
  "internal",
  "op",
  "rate",
  "report",
  "request",
  "resource",
  "share",
  "signing",
  "token",
] as const;

interface Entry {
  readonly status: number;
  readonly family?: (typeof FAMILIES)[number];
}

/** All codes the API can answer with. `closing_in_progress` is older than the families and has none. */
export const ERRORS = {
  closing_in_progress: { status: 423 },
  document_too_large: { status: 413, family: "document" },
  document_type_unsupported: { status: 415, family: "document" },
  entity_name_taken: { status: 409, family: "entity" },
  filing_window_closed: { status: 409, family: "filing" },
  grant_not_vested: { status: 409, family: "grant" },
  grant_pool_exhausted: { status: 409, family: "grant" },
  idempotency_key_reused: { status: 409, family: "idempotency" },
  internal_error: { status: 500, family: "internal" },
  op_endpoint_sunset: { status: 410, family: "op" },
  rate_limit_exceeded: { status: 429, family: "rate" },
  report_not_ready: { status: 409, family: "report" },
  request_validation_failed: { status: 422, family: "request" },
  resource_not_found: { status: 404, family: "resource" },
  share_authorization_exceeded: { status: 409, family: "share" },
  share_transfer_restricted: { status: 409, family: "share" },
  signing_key_rotation_active: { status: 409, family: "signing" },
  token_invalid: { status: 401, family: "token" },
  token_scope_missing: { status: 403, family: "token" },
  token_tier_required: { status: 403, family: "token" },
} as const satisfies Readonly<Record<string, Entry>>;

export type ErrorCode = keyof typeof ERRORS;
