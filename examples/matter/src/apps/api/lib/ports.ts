import { DomainError } from "@repo/domain-errors";
import type { EventEmitter } from "@repo/domain-events";

export type Mode = "live" | "sandbox" | "test";
export type Plan = "free" | "starter" | "growth" | "enterprise";

/** Who is calling, as the token says. */
export interface Principal {
  readonly tokenId: string;
  readonly orgId: string;
  readonly mode: Mode;
  readonly plan: Plan;
  readonly tier: 1 | 2 | 3 | 4;
  readonly scopes: ReadonlySet<string>;
}

export interface StoredAnswer {
  readonly bodyDigest: string;
  readonly status: number;
  readonly body: string;
}

export interface AuditEntry {
  readonly orgId: string;
  readonly mode: Mode;
  readonly actor: string;
  readonly action: string;
  readonly requestId: string;
  readonly outcome: "ok" | "refused" | "failed";
}

/** What the middleware needs from the outside. Nothing in lib/ knows who provides it. */
export interface Ports {
  readonly tokens: { find(token: string): Promise<Principal | null> };
  readonly rates: { take(key: string, perMinute: number): Promise<{ allowed: boolean; retryAfter: number }> };
  readonly idempotency: {
    read(tokenId: string, key: string): Promise<StoredAnswer | null>;
    keep(tokenId: string, key: string, answer: StoredAnswer): Promise<void>;
  };
  readonly audit: { append(entry: AuditEntry): Promise<void> };
  readonly events: EventEmitter;
  now(): Date;
}

let bound: Ports | null = null;

export function bindPorts(ports: Ports): void {
  bound = ports;
}

export function ports(): Ports {
  if (bound === null) throw new DomainError("internal_error", {});
  return bound;
}
