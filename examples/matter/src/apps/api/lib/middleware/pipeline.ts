import { ports } from "../ports";
import { problem } from "../responses";
import type { Handler, RequestContext, Step } from "./types";

type RouteArguments = { params: Promise<Record<string, string>> };

/**
 * Wrap a handler in steps, the first one outermost. The canonical order is auth, scope, rate limit, idempotency,
 * dry run, audit, event; the architecture test holds every route to it.
 */
export function pipeline(...parts: [...Step[], Handler]) {
  const handler = parts.at(-1) as Handler;
  const steps = parts.slice(0, -1) as Step[];
  const wrapped = steps.reduceRight<Handler>((next, step) => step(next), handler);

  return async (request: Request, route: RouteArguments): Promise<Response> => {
    const context: RequestContext = {
      request,
      params: await route.params,
      requestId: request.headers.get("Matter-Request-Id") ?? `req_${crypto.randomUUID()}`,
      ports: ports(),
      principal: null,
      dryRun: false,
      pending: [],
    };
    try {
      return await wrapped(context);
    } catch (error) {
      return problem(error, context);
    }
  };
}
