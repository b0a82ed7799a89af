import { PrismaClient } from "@prisma/client";

export type { PrismaClient } from "@prisma/client";
export { appendEntry, auditChain } from "./append-only";
export { idempotencyStore } from "./idempotency-store";
export { rateCounter } from "./rate-counter";
export { tokenStore } from "./token-store";

export const prisma = new PrismaClient();

/** Which tenant and mode a query belongs to. Services take it from the caller and put it into every query. */
export interface Tenant {
  readonly orgId: string;
  readonly mode: string;
}
