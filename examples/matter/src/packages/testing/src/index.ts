import type { DomainEvent } from "@repo/domain-events";
import { memoryPorts, type MemoryPorts } from "./memory-ports";

export { fakePrisma } from "./memory-database";
export { memoryPorts } from "./memory-ports";

export const MODES = ["live", "sandbox", "test"] as const;
export const VERSIONS = ["2026-06-10", "2026-05-01"] as const;

type Route = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;

export interface Call {
  readonly method?: "GET" | "POST";
  readonly token?: string | null;
  readonly params?: Record<string, string>;
  readonly body?: object;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

export interface Harness {
  readonly ports: MemoryPorts;
  call(route: Route, call: Call): Promise<Response>;
  code(response: Response): Promise<string>;
  events(): readonly DomainEvent[];
}

/**
 * A server in memory. Tokens are written as text: `acme:live:grants:write@3` is a token of organisation acme in live
 * mode with one scope and tier 3.
 */
export function createHarness(bind: (ports: MemoryPorts) => void): Harness {
  const ports = memoryPorts();
  bind(ports);
  return {
    ports,
    call(route, { method = "POST", token = null, params = {}, body, query = "", headers = {} }) {
      const request = new Request(`https://api.matter.example/v1/under-test${query}`, {
        method,
        headers: { ...headers, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return route(request, { params: Promise.resolve(params) });
    },
    code: async (response) => ((await response.json()) as { code: string }).code,
    events: () => ports.sent,
  };
}
