import { startTelemetry } from "@platform/telemetry";
import { OpenAPIHono } from "@hono/zod-openapi";
import { audit, brandScope, onError, requireScope, type Env } from "@platform/hono";
import { SCOPES } from "@platform/scopes";
import { routes } from "./routes";

startTelemetry({ serviceName: "care" });

export const app = new OpenAPIHono<Env>();
app.onError(onError);
app.get("/healthz", (c) => c.json({ status: "ok", version: process.env.COMMIT }));
app.use("/v1/*", brandScope, audit);
app.use("/v1/admin/*", requireScope(SCOPES.ADMIN_CARE));
app.route("/", routes);
