import type { Tenant } from "@repo/database";
import { DomainError } from "@repo/domain-errors";
import type { Deps } from "./index";

/** Holdings by holder and class, largest first. Refused while a closing holds the table. */
export async function capTable({ prisma }: Deps, { orgId, mode }: Tenant, entityId: string) {
  const entity = await prisma.entity.findFirst({ where: { id: entityId, orgId, mode } });
  if (entity === null) throw new DomainError("resource_not_found", { id: entityId });
  if (entity.closingSince !== null)
    throw new DomainError("closing_in_progress", { since: entity.closingSince.toISOString() });

  const rows = await prisma.certificate.groupBy({
    by: ["holderName", "shareClass"],
    where: { orgId, mode, entityId, status: "settled" },
    _sum: { quantity: true },
  });
  const holdings = rows
    .map(({ holderName, shareClass, _sum }) => ({ holderName, shareClass, quantity: _sum.quantity ?? 0 }))
    .sort((left, right) => right.quantity - left.quantity);
  const outstanding = holdings.reduce((sum, row) => sum + row.quantity, 0);
  return { holdings, outstanding, fullyDiluted: outstanding + entity.optionPool, asOf: new Date() };
}
