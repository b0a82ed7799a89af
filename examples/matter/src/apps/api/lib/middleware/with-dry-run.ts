import { isMutation, type Step } from "./types";

/** Mark a request as a dry run. Services then compute and save nothing; withAudit and withEvent stay silent. */
export function withDryRun(): Step {
  return (next) => async (context) => {
    const asked = new URL(context.request.url).searchParams.get("dry_run") === "true";
    context.dryRun = asked && isMutation(context.request);
    const response = await next(context);
    if (!context.dryRun) return response;

    const preview = {
      ...(await response.json()),
      id: null,
      preview: true,
      would_emit_events: context.pending.map((event) => event.type),
    };
    context.pending = [];
    return Response.json(preview, { status: 200 });
  };
}
