import { OpenAPIHono } from "@hono/zod-openapi";

export const routes = new OpenAPIHono();
