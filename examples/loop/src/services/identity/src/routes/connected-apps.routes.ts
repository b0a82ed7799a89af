import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { idempotency, type Env } from "@platform/hono";
import { tokenService } from "../services";

export const connectedApps = new OpenAPIHono<Env>();

connectedApps.openapi(
  createRoute({ method: "get", path: "/v1/connected-apps", responses: {} }),
  async (c) => c.json({ data: await tokenService.appsOf(c.get("auth").actor_id) }, 200),
);

connectedApps.openapi(
  createRoute({
    method: "delete",
    path: "/v1/connected-apps/{client_id}",
    operationId: "revokeConnectedApp",
    middleware: [idempotency()] as const,
    request: { params: z.object({ client_id: z.string() }) },
    responses: {},
  }),
  async (c) => {
    await tokenService.revoke(c.get("auth").actor_id, c.req.valid("param").client_id);
    c.set("audit_event_type", "identity.connected_app.revoked");
    return c.body(null, 204);
  },
);
