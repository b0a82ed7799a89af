import { isRefusal } from "@repo/domain-errors";
import { caller, type Step } from "./types";

/** Append who did what to the audit chain, also when it was refused or failed. */
export function withAudit(action: string): Step {
  return (next) => async (context) => {
    const { orgId, mode, tokenId } = caller(context);
    const entry = { orgId, mode, actor: tokenId, action, requestId: context.requestId };
    try {
      const response = await next(context);
      if (!context.dryRun) await context.ports.audit.append({ ...entry, outcome: "ok" });
      return response;
    } catch (error) {
      await context.ports.audit.append({ ...entry, outcome: isRefusal(error) ? "refused" : "failed" });
      throw error;
    }
  };
}
