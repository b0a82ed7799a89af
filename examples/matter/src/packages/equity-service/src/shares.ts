import type { Tenant } from "@repo/database";
import { DomainError } from "@repo/domain-errors";
import { newId } from "@repo/resource-ids";
import type { Deps } from "./index";

type Split = (held: number, quantity: number) => { moved: number; kept: number } | null;

export interface IssuanceInput {
  readonly entityId: string;
  readonly shareClass: string;
  readonly quantity: number;
  readonly priceMinor: number;
  readonly currency: string;
  readonly holderName: string;
  readonly boardConsentId: string | null;
  readonly issuableOf: (shares: { authorized: number; outstanding: number; reserved: number }) => number;
  readonly dryRun: boolean;
}

export interface TransferInput {
  readonly entityId: string;
  readonly certificateNumber: string;
  readonly quantity: number;
  readonly toHolderName: string;
  readonly considerationMinor: number | null;
  readonly split: Split;
  readonly dryRun: boolean;
}

export interface LegacyTransferInput {
  readonly entityId: string;
  readonly fromHolder: string;
  readonly toHolder: string;
  readonly shares: number;
  readonly split: Split;
  readonly dryRun: boolean;
}

/** Issue shares within what the charter authorises, less what is outstanding and what the option pool reserves. */
export async function issueShares({ prisma }: Deps, { orgId, mode }: Tenant, input: IssuanceInput) {
  return prisma.$transaction(async (tx) => {
    const entity = await tx.entity.findFirst({ where: { id: input.entityId, orgId, mode } });
    if (entity === null) throw new DomainError("resource_not_found", { id: input.entityId });

    const held = await tx.certificate.aggregate({
      where: { orgId, mode, entityId: entity.id, status: { not: "void" } },
      _sum: { quantity: true },
    });
    const outstanding = held._sum.quantity ?? 0;
    const left = input.issuableOf({ authorized: entity.authorizedShares, outstanding, reserved: entity.optionPool });
    if (input.quantity > left)
      throw new DomainError("share_authorization_exceeded", { left: String(left), asked: String(input.quantity) });

    const row = {
      id: newId("issuance"),
      orgId,
      mode,
      entityId: entity.id,
      number: `${input.shareClass}-${outstanding + 1}`,
      holderName: input.holderName,
      shareClass: input.shareClass,
      quantity: input.quantity,
      status: "pending",
    };
    if (!input.dryRun) await tx.certificate.create({ data: row });
    return {
      id: row.id,
      object: "share_issuance",
      mode,
      entity_id: entity.id,
      share_class: row.shareClass,
      quantity: row.quantity,
      status: row.status,
    };
  });
}

/** Start a transfer: the certificate is split now and settles after the rights of first refusal have run. */
export async function transferShares({ prisma }: Deps, { orgId, mode }: Tenant, input: TransferInput) {
  return prisma.$transaction(async (tx) => {
    const certificate = await tx.certificate.findFirst({
      where: { orgId, mode, entityId: input.entityId, number: input.certificateNumber, status: "settled" },
    });
    if (certificate === null) throw new DomainError("resource_not_found", { id: input.certificateNumber });
    const parts = input.split(certificate.quantity, input.quantity);
    if (parts === null) throw new DomainError("share_transfer_restricted", { number: certificate.number });

    const id = newId("transfer");
    if (!input.dryRun) {
      await tx.certificate.update({ where: { id: certificate.id }, data: { quantity: parts.kept } });
      await tx.certificate.create({
        data: {
          ...certificate,
          id,
          number: `${certificate.number}-t`,
          holderName: input.toHolderName,
          quantity: parts.moved,
          status: "pending",
        },
      });
    }
    return { id, object: "share_transfer", mode, entity_id: input.entityId, quantity: parts.moved, status: "review" };
  });
}

/** The old way: holders by name, oldest certificate first, booked at once. */
export async function legacyTransfer({ prisma }: Deps, { orgId, mode }: Tenant, input: LegacyTransferInput) {
  return prisma.$transaction(async (tx) => {
    const certificate = await tx.certificate.findFirst({
      where: { orgId, mode, entityId: input.entityId, holderName: input.fromHolder, status: "settled" },
      orderBy: { createdAt: "asc" },
    });
    const parts = certificate === null ? null : input.split(certificate.quantity, input.shares);
    if (certificate === null || parts === null)
      throw new DomainError("share_transfer_restricted", { number: input.fromHolder });

    const id = newId("legacyTransfer");
    if (!input.dryRun) {
      await tx.certificate.update({ where: { id: certificate.id }, data: { quantity: parts.kept } });
      await tx.certificate.create({
        data: {
          ...certificate,
          id,
          number: `${certificate.number}-l`,
          holderName: input.toHolder,
          quantity: parts.moved,
        },
      });
    }
    return { id, object: "legacy_transfer", mode, shares: parts.moved, status: "booked" };
  });
}
