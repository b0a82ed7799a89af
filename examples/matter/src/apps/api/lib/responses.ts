import { DomainError, ERRORS } from "@repo/domain-errors";
import { translate } from "./translate";
import type { RequestContext } from "./middleware/types";

const DOCS = "https://docs.matter.example/errors/";

export const ok = (body: object): Response => Response.json(body, { status: 200 });
export const accepted = (body: object): Response => Response.json(body, { status: 202 });

/** Turn any error into application/problem+json. Unknown ones become internal_error without a word about the cause. */
export function problem(error: unknown, context: RequestContext): Response {
  const known = error instanceof DomainError ? error : new DomainError("internal_error", {});
  const { status } = ERRORS[known.code];
  const locale = context.request.headers.get("Accept-Language");
  const body = {
    type: `${DOCS}${known.code}`,
    title: known.code.replaceAll("_", " "),
    status,
    detail: translate(known.code, known.params, locale),
    instance: new URL(context.request.url).pathname,
    code: known.code,
    param: known.params.param,
    request_id: context.requestId,
    retry_after: known.params.retry_after === undefined ? undefined : Number(known.params.retry_after),
  };
  return Response.json(body, {
    status,
    headers: { "Content-Type": "application/problem+json", "Matter-Request-Id": context.requestId },
  });
}
