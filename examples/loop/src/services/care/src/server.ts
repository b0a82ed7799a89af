import { serve } from "@hono/node-server";
import { startHandlers } from "./events";
import { app } from "./index";

await startHandlers();
serve({ fetch: app.fetch, port: 8080 });
