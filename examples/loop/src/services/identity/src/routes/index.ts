import { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "@platform/hono";
import { connectedApps } from "./connected-apps.routes";
import { oauth } from "./oauth.routes";

export const routes = new OpenAPIHono<Env>();
routes.route("/", oauth);
routes.route("/", connectedApps);
