import type { PrismaClient, Tenant } from "@repo/database";
import { DomainError } from "@repo/domain-errors";
import type { EventEmitter } from "@repo/domain-events";
import { newId } from "@repo/resource-ids";

/** What the entity service needs from outside. */
export interface Deps {
  readonly prisma: PrismaClient;
  readonly events: EventEmitter;
}

export interface EntityInput {
  readonly legalName: string;
  readonly comparableName: string;
  readonly hasSuffix: boolean;
  readonly jurisdiction: string;
  readonly kind: string;
  readonly authorizedShares: number;
  readonly registeredAgentEmail: string;
  readonly dryRun: boolean;
}

export function createEntityService(deps: Deps) {
  return {
    /** Reserve the name and start the formation. The unique index settles a race for the same name. */
    async createEntity({ orgId, mode }: Tenant, input: EntityInput) {
      const { dryRun, hasSuffix, ...data } = input;
      if (!hasSuffix)
        throw new DomainError("request_validation_failed", {
          param: "legal_name",
          expected: "name_with_suffix",
        });

      const { jurisdiction, comparableName, legalName } = data;
      const taken = await deps.prisma.entity.findFirst({ where: { jurisdiction, mode, comparableName } });
      if (taken !== null) throw new DomainError("entity_name_taken", { name: legalName, jurisdiction });

      const row = { id: newId("entity"), orgId, mode, status: "forming", ...data };
      if (!dryRun) {
        await deps.prisma.entity.create({ data: row });
        await deps.events.emit({
          type: "entity.formation_requested",
          orgId,
          mode,
          subjectId: row.id,
          occurredAt: new Date(),
        });
      }
      return {
        id: row.id,
        object: "entity",
        mode,
        legal_name: legalName,
        jurisdiction,
        kind: row.kind,
        authorized_shares: row.authorizedShares,
        status: row.status,
      };
    },
  };
}
