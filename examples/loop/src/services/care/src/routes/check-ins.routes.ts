import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { idempotency, requireBaa, requireScope, type Env } from "@platform/hono";
import { SCOPES } from "@platform/scopes";
import { checkInService } from "../services";
import { checkInShape, newCheckInShape, problem } from "./shapes";

export const checkIns = new OpenAPIHono<Env>();

const create = createRoute({
  method: "post",
  path: "/v1/check-ins",
  operationId: "createCheckIn",
  description: "Adds a check-in to the record of a person, and tells the apps that may read it.",
  middleware: [requireScope(SCOPES.WRITE_CHECK_INS), requireBaa(), idempotency()] as const,
  request: { body: { content: { "application/json": { schema: newCheckInShape } }, required: true } },
  responses: {
    201: { description: "The check-in as it is kept.", content: { "application/json": { schema: checkInShape } } },
    409: problem,
  },
});

checkIns.openapi(create, async (c) => {
  const created = await checkInService.create(c.get("auth").brand_id, c.req.valid("json"));
  c.set("audit_event_type", "care.check_in.created");
  c.set("audit_entity_id", created.id);
  return c.json(created, 201);
});

const read = createRoute({
  method: "get",
  path: "/v1/check-ins/{check_in_id}",
  operationId: "getCheckIn",
  description: "Reads one check-in of a person who gave the app access to it.",
  middleware: [requireScope(SCOPES.READ_CHECK_INS), requireBaa()] as const,
  request: { params: z.object({ check_in_id: z.string() }) },
  responses: {
    200: { description: "The check-in.", content: { "application/json": { schema: checkInShape } } },
    404: problem,
  },
});

checkIns.openapi(read, async (c) => {
  return c.json(await checkInService.read(c.get("auth").brand_id, c.req.valid("param").check_in_id), 200);
});
