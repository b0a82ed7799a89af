import { caller, type Step } from "./types";

/** Send the operation's event after the handler succeeded. The event carries ids only, never personal data. */
export function withEvent(type: string): Step {
  return (next) => async (context) => {
    const response = await next(context);
    const { orgId, mode } = caller(context);
    const { id } = (await response.clone().json()) as { id?: string };
    context.pending.push({ type, orgId, mode, subjectId: id ?? null, occurredAt: context.ports.now() });
    if (!context.dryRun) {
      for (const event of context.pending) await context.ports.events.emit(event);
      context.pending = [];
    }
    return response;
  };
}
