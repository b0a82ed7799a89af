import { OpenAPIHono } from "@hono/zod-openapi";
import { onError, requireScope, type Env } from "@platform/hono";
import { SCOPES } from "@platform/scopes";
import { startTelemetry } from "@platform/telemetry";
import { routes } from "./routes";

startTelemetry({ serviceName: "jobs" });

export const app = new OpenAPIHono<Env>();
app.onError(onError);
app.get("/healthz", (c) => c.json({ status: "ok", version: process.env.COMMIT }));
app.use("/v1/admin/*", requireScope(SCOPES.ADMIN_JOBS));
app.route("/", routes);
