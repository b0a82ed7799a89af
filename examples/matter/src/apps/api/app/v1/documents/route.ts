import { createDocumentsService } from "@repo/documents-service";
import { prisma } from "@repo/database";
import { events } from "@repo/domain-events";
import {
  caller,
  pipeline,
  withAudit,
  withAuth,
  withDryRun,
  withEvent,
  withIdempotency,
  withRateLimit,
  withScope,
} from "../../../lib/middleware";
import { decodedBytes, MAX_BYTES, mediaType } from "../../../lib/document-limits";
import { body, text } from "../../../lib/requests";
import { accepted } from "../../../lib/responses";

const documents = createDocumentsService({ prisma, events });

/** uploadDocument */
export const POST = pipeline(
  withAuth(),
  withScope("documents:write", 2),
  withRateLimit("uploadDocument"),
  withIdempotency(),
  withDryRun(),
  withAudit("document.upload"),
  withEvent("document.uploaded"),
  async (context) => {
    const fields = await body(context.request);
    const content = text(fields, "content_base64");
    const document = await documents.uploadDocument(caller(context), {
      entityId: text(fields, "entity_id"),
      purpose: text(fields, "purpose"),
      fileName: text(fields, "file_name"),
      content,
      tooLarge: decodedBytes(content) > MAX_BYTES,
      mediaType: mediaType(content),
      uploaderIp: context.request.headers.get("Matter-Client-Ip"),
      dryRun: context.dryRun,
    });
    return accepted(document);
  },
);
