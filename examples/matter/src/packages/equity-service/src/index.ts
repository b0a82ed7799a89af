import type { PrismaClient, Tenant } from "@repo/database";
import type { EventEmitter } from "@repo/domain-events";
import { capTable } from "./cap-table";
import {
  createGrant,
  exerciseGrant,
  listGrants,
  type ExerciseInput,
  type GrantFilter,
  type GrantInput,
} from "./grants";
import {
  issueShares,
  legacyTransfer,
  transferShares,
  type IssuanceInput,
  type LegacyTransferInput,
  type TransferInput,
} from "./shares";

/** What the equity service needs from outside. */
export interface Deps {
  readonly prisma: PrismaClient;
  readonly events: EventEmitter;
}

export function createEquityService(deps: Deps) {
  return {
    createGrant: (tenant: Tenant, input: GrantInput) => createGrant(deps, tenant, input),
    listGrants: (tenant: Tenant, filter: GrantFilter) => listGrants(deps, tenant, filter),
    exerciseGrant: (tenant: Tenant, input: ExerciseInput) => exerciseGrant(deps, tenant, input),
    issueShares: (tenant: Tenant, input: IssuanceInput) => issueShares(deps, tenant, input),
    transferShares: (tenant: Tenant, input: TransferInput) => transferShares(deps, tenant, input),
    legacyTransfer: (tenant: Tenant, input: LegacyTransferInput) => legacyTransfer(deps, tenant, input),
    capTable: (tenant: Tenant, entityId: string) => capTable(deps, tenant, entityId),
  };
}

export type EquityService = ReturnType<typeof createEquityService>;
