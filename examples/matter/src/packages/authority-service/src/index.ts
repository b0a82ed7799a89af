import type { PrismaClient, Tenant } from "@repo/database";
import { DomainError } from "@repo/domain-errors";
import type { EventEmitter } from "@repo/domain-events";
import { newId } from "@repo/resource-ids";
import { keyService } from "./key-service";

/** What the authority service needs from outside. */
export interface Deps {
  readonly prisma: PrismaClient;
  readonly events: EventEmitter;
}

export interface RotationInput {
  readonly signingKeyId: string;
  readonly reason: string;
  readonly overlapEndsAt: Date;
}

export function createAuthorityService({ prisma, events }: Deps) {
  return {
    /** Start a rotation. The private half is made and kept inside the key service; only fingerprints come back. */
    async rotateSigningKey({ orgId, mode }: Tenant, { signingKeyId, reason, overlapEndsAt }: RotationInput) {
      const key = await prisma.signingKey.findFirst({ where: { id: signingKeyId, orgId, mode } });
      if (key === null) throw new DomainError("resource_not_found", { id: signingKeyId });
      if (key.overlapEndsAt !== null && key.overlapEndsAt > new Date())
        throw new DomainError("signing_key_rotation_active", { id: key.id });

      const fingerprint = await keyService.createSuccessor(key.id);
      await prisma.signingKey.update({ where: { id: key.id }, data: { overlapEndsAt } });
      await prisma.signingKey.create({ data: { id: newId("signingKey"), orgId, mode, fingerprint } });
      await events.emit({
        type: `signing_key.rotated_for_${reason}`,
        orgId,
        mode,
        subjectId: key.id,
        occurredAt: new Date(),
      });
      return {
        id: newId("rotation"),
        object: "signing_key_rotation",
        mode,
        signing_key_id: key.id,
        new_fingerprint: fingerprint,
        overlap_ends_at: overlapEndsAt.toISOString(),
        status: "overlapping",
      };
    },
  };
}
