export { audit } from "./middleware/audit";
export { AUDIT_EVENTS } from "./middleware/audit-events";
export { brandScope } from "./middleware/brand-scope";
export { idempotency } from "./middleware/idempotency";
export { onError } from "./middleware/errors";
export { requireBaa } from "./middleware/require-baa";
export { requireScope } from "./middleware/require-scope";
export type { Env } from "./env";
