import { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "@platform/hono";
import { adminCheckIns } from "./admin/check-ins.routes";
import { checkIns } from "./check-ins.routes";

export const routes = new OpenAPIHono<Env>();
routes.route("/", checkIns);
routes.route("/", adminCheckIns);
