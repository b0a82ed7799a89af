import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { requireScope, type Env } from "@platform/hono";
import { SCOPES } from "@platform/scopes";
import { planService } from "../services";

export const plans = new OpenAPIHono<Env>();

const pause = createRoute({
  method: "post",
  path: "/v1/plans/{member_id}/pause",
  operationId: "pausePlan",
  middleware: [requireScope(SCOPES.WRITE_MEMBERSHIP)] as const,
  request: {
    params: z.object({ member_id: z.string() }),
    body: { content: { "application/json": { schema: z.object({ until: z.iso.date() }) } } },
  },
  responses: {},
});

plans.openapi(pause, async (c) => {
  const { member_id } = c.req.valid("param");
  const paused = await planService.pause(c.get("auth").brand_id, member_id, c.req.valid("json").until);
  c.set("audit_event_type", "membership.plan.paused");
  return c.json(paused, 200);
});
