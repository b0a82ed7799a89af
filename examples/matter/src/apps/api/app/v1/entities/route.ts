import { createEntityService } from "@repo/entity-service";
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
import { comparableName, hasSuffix } from "../../../lib/entity-name";
import type { Handler } from "../../../lib/middleware";
import { body, count, text } from "../../../lib/requests";
import { accepted } from "../../../lib/responses";

const entities = createEntityService({ prisma, events });

const createEntity: Handler = async (context) => {
  const fields = await body(context.request);
  const legalName = text(fields, "legal_name");
  const kind = text(fields, "kind");
  const entity = await entities.createEntity(caller(context), {
    legalName,
    comparableName: comparableName(legalName),
    hasSuffix: hasSuffix(legalName, kind),
    jurisdiction: text(fields, "jurisdiction"),
    kind,
    authorizedShares: count(fields, "authorized_shares", 1),
    registeredAgentEmail: text(fields, "registered_agent_email"),
    dryRun: context.dryRun,
  });
  return accepted(entity);
};

export const POST = pipeline(
  withAuth(),
  withScope("entities:write", 3),
  withRateLimit("createEntity"),
  withIdempotency(),
  withDryRun(),
  withAudit("entity.create"),
  withEvent("entity.created"),
  createEntity,
);
