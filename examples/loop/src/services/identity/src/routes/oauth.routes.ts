import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "@platform/hono";
import { tokenService } from "../services";

export const oauth = new OpenAPIHono<Env>();

oauth.openapi(
  createRoute({ method: "post", path: "/v1/oauth/token", operationId: "issueToken", responses: {} }),
  async (c) => {
    const tokens = await tokenService.issue(await c.req.parseBody());
    c.set("audit_event_type", "identity.token.issued");
    return c.json(tokens, 200);
  },
);

oauth.openapi(createRoute({ method: "post", path: "/v1/oauth/introspect", responses: {} }), async (c) => {
  const { token } = await c.req.parseBody();
  return c.json(await tokenService.introspect(String(token)), 200);
});
