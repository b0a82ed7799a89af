import type { Transaction } from "@platform/core";
import type { BrandId } from "@platform/brands";

export interface Auth {
  readonly actor_id: string;
  readonly actor_type: "user" | "service" | "system";
  readonly client_id: string;
  readonly first_party: boolean;
  readonly brand_id: BrandId;
  readonly scopes: readonly string[];
}

/** What the middleware of the platform leaves on a request. */
export interface Env {
  Variables: {
    auth: Auth;
    tx: Transaction;
    audit_event_type: string;
    audit_entity_id: string;
  };
}
