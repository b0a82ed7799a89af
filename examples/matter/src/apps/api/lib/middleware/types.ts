import type { DomainEvent } from "@repo/domain-events";
import type { Ports, Principal } from "../ports";

/** One request on its way through the pipeline. Steps fill it from the outside in. */
export interface RequestContext {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly ports: Ports;
  principal: Principal | null;
  dryRun: boolean;
  /** Events that the handler wants to send; withEvent sends them, and only if nothing failed. */
  pending: DomainEvent[];
}

export type Handler = (context: RequestContext) => Promise<Response>;
export type Step = (next: Handler) => Handler;

/** The principal of a request behind withAuth. */
export function caller(context: RequestContext): Principal {
  return context.principal as Principal;
}

export const isMutation = (request: Request): boolean => !["GET", "HEAD", "OPTIONS"].includes(request.method);
