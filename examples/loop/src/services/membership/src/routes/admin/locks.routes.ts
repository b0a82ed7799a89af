import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "@platform/hono";
import { planService } from "../../services";

export const locks = new OpenAPIHono<Env>();

locks.openapi(
  createRoute({
    method: "post",
    path: "/v1/admin/locks/release-expired",
    operationId: "releaseExpiredLocks",
    responses: {},
  }),
  async (c) => c.json({ released: await planService.releaseExpired(new Date()) }, 200),
);
