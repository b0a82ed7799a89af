import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { idempotency, type Env } from "@platform/hono";
import { runner } from "../services";

export const routes = new OpenAPIHono<Env>();

const run = createRoute({
  method: "post",
  path: "/v1/admin/jobs/{job_id}/run",
  operationId: "runJob",
  middleware: [idempotency()] as const,
  request: { params: z.object({ job_id: z.string() }) },
  responses: {},
});

routes.openapi(run, async (c) => {
  const job = await runner.run(c.req.valid("param").job_id);
  c.set("audit_event_type", "jobs.run.requested");
  return c.json({ job, state: "accepted" }, 202);
});
