import { OpenAPIHono } from "@hono/zod-openapi";
import { onError, requireScope, type Env } from "@platform/hono";
import { SCOPES } from "@platform/scopes";
import { routes } from "./routes";

export const app = new OpenAPIHono<Env>();
app.onError(onError);
app.get("/healthz", (c) => c.text("ok"));
app.use("/v1/admin/*", requireScope(SCOPES.ADMIN_MEMBERSHIP));
app.route("/", routes);
