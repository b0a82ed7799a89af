import { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "@platform/hono";
import { locks } from "./admin/locks.routes";
import { plans } from "./plans.routes";

export const routes = new OpenAPIHono<Env>();
routes.route("/", plans);
routes.route("/", locks);
