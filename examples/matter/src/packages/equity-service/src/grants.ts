import type { Tenant } from "@repo/database";
import { DomainError } from "@repo/domain-errors";
import { newId } from "@repo/resource-ids";
import type { Deps } from "./index";

export interface Tranche {
  readonly month: number;
  readonly quantity: number;
}

export interface GrantInput {
  readonly entityId: string;
  readonly recipientName: string;
  readonly recipientEmail: string | null;
  readonly instrument: string;
  readonly quantity: number;
  readonly strikePriceMinor: number;
  readonly currency: string;
  readonly schedule: readonly Tranche[];
  readonly vestingStart: string;
  readonly dryRun: boolean;
}

export interface GrantFilter {
  readonly entityId: string | null;
  readonly after: string | null;
  readonly take: number;
}

export interface ExerciseInput {
  readonly grantId: string;
  readonly quantity: number;
  readonly paymentReference: string;
  readonly vestedOf: (grant: { schedule: readonly Tranche[]; vestingStart: string }) => number;
  readonly dryRun: boolean;
}

/** Make a grant if the option pool still holds enough. The check and the write are one transaction. */
export async function createGrant({ prisma }: Deps, { orgId, mode }: Tenant, input: GrantInput) {
  return prisma.$transaction(async (tx) => {
    const entity = await tx.entity.findFirst({ where: { id: input.entityId, orgId, mode } });
    if (entity === null)
      throw new DomainError("request_validation_failed", { param: "entity_id", expected: "own_entity" });

    const granted = await tx.grant.aggregate({
      where: { orgId, mode, entityId: entity.id, status: { not: "cancelled" } },
      _sum: { quantity: true },
    });
    const left = entity.optionPool - (granted._sum.quantity ?? 0);
    if (input.quantity > left)
      throw new DomainError("grant_pool_exhausted", { left: String(left), asked: String(input.quantity) });

    const { dryRun, ...data } = input;
    const row = { id: newId("grant"), orgId, mode, status: "pending", ...data, schedule: [...data.schedule] };
    return present(dryRun ? row : await tx.grant.create({ data: row }), mode);
  });
}

/** Grants newest first, starting after a cursor. */
export async function listGrants({ prisma }: Deps, { orgId, mode }: Tenant, filter: GrantFilter) {
  const rows = await prisma.grant.findMany({
    where: { orgId, mode, ...(filter.entityId === null ? {} : { entityId: filter.entityId }) },
    orderBy: { createdAt: "desc" },
    take: filter.take,
    ...(filter.after === null ? {} : { cursor: { id: filter.after }, skip: 1 }),
  });
  return rows.map((row) => present(row, mode));
}

/** Buy vested shares; what is asked for is taken off the grant at once so that two requests cannot take it twice. */
export async function exerciseGrant({ prisma }: Deps, { orgId, mode }: Tenant, input: ExerciseInput) {
  return prisma.$transaction(async (tx) => {
    const grant = await tx.grant.findFirst({ where: { id: input.grantId, orgId, mode, status: "active" } });
    if (grant === null) throw new DomainError("resource_not_found", { id: input.grantId });

    const schedule = grant.schedule as unknown as readonly Tranche[];
    const left = input.vestedOf({ schedule, vestingStart: grant.vestingStart }) - grant.exercised;
    if (input.quantity > left)
      throw new DomainError("grant_not_vested", { left: String(left), asked: String(input.quantity) });

    const row = {
      id: newId("exercise"),
      orgId,
      mode,
      grantId: grant.id,
      quantity: input.quantity,
      costMinor: input.quantity * grant.strikePriceMinor,
      paymentReference: input.paymentReference,
      status: "awaiting_payment",
    };
    if (!input.dryRun) {
      await tx.grant.update({ where: { id: grant.id }, data: { exercised: { increment: input.quantity } } });
      await tx.exercise.create({ data: row });
    }
    return {
      id: row.id,
      object: "exercise",
      mode,
      grant_id: grant.id,
      quantity: row.quantity,
      cost_minor: row.costMinor,
      status: row.status,
    };
  });
}

function present(
  row: { id: string; entityId: string; instrument: string; quantity: number; status: string },
  mode: string,
) {
  return {
    id: row.id,
    object: "grant",
    mode,
    entity_id: row.entityId,
    instrument: row.instrument,
    quantity: row.quantity,
    status: row.status,
  };
}
