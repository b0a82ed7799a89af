import { OpenAPIHono } from "@hono/zod-openapi";
import { startTelemetry } from "@platform/telemetry";
import { routes } from "./routes";

startTelemetry({ serviceName: "_template" });

export const app = new OpenAPIHono();
app.route("/", routes);
