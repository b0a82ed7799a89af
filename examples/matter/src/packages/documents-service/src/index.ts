import { createHash } from "node:crypto";
import type { PrismaClient, Tenant } from "@repo/database";
import { DomainError } from "@repo/domain-errors";
import type { EventEmitter } from "@repo/domain-events";
import { newId } from "@repo/resource-ids";

/** What the documents service needs from outside. */
export interface Deps {
  readonly prisma: PrismaClient;
  readonly events: EventEmitter;
}

export interface UploadInput {
  readonly entityId: string;
  readonly purpose: string;
  readonly fileName: string;
  readonly content: string;
  readonly tooLarge: boolean;
  readonly mediaType: string | null;
  readonly uploaderIp: string | null;
  readonly dryRun: boolean;
}

export function createDocumentsService(deps: Deps) {
  return {
    /** File a document. The scan runs after the answer; a document that fails it is quarantined by event. */
    async uploadDocument({ orgId, mode }: Tenant, input: UploadInput) {
      if (input.tooLarge) throw new DomainError("document_too_large", { file_name: input.fileName });
      if (input.mediaType === null) throw new DomainError("document_type_unsupported", { file_name: input.fileName });

      const { entityId, purpose, fileName, uploaderIp } = input;
      const sha256 = createHash("sha256").update(Buffer.from(input.content, "base64")).digest("hex");
      const row = { id: newId("document"), orgId, mode, entityId, purpose, fileName, sha256, uploaderIp };
      if (!input.dryRun) {
        await deps.prisma.document.create({ data: row });
        await deps.events.emit({
          type: "document.scan_requested",
          orgId,
          mode,
          subjectId: row.id,
          occurredAt: new Date(),
        });
      }
      return { id: row.id, object: "document", mode, entity_id: entityId, purpose, sha256 };
    },
  };
}
