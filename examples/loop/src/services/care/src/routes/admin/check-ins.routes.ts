import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { idempotency, type Env } from "@platform/hono";
import { checkInService } from "../../services";

export const adminCheckIns = new OpenAPIHono<Env>();

const closeOverdue = createRoute({
  method: "post",
  path: "/v1/admin/check-ins/close-overdue",
  operationId: "closeOverdueCheckIns",
  description: "Closes every check-in whose window has passed; calling it again closes nothing more.",
  middleware: [idempotency()] as const,
  responses: {
    200: {
      description: "How many were closed.",
      content: { "application/json": { schema: z.object({ closed: z.number().int() }) } },
    },
  },
});

adminCheckIns.openapi(closeOverdue, async (c) => {
  const closed = await checkInService.closeOverdue(c.get("auth").brand_id, new Date());
  c.set("audit_event_type", "care.check_in.closed");
  return c.json({ closed }, 200);
});
