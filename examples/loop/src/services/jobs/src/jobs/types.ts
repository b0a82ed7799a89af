import type { Scope } from "@platform/scopes";

/** A call by the clock. `schedule` is a cron of six fields or a rate; `targetSecret` holds the URL of the service. */
export interface JobDefinition {
  readonly id: string;
  readonly description: string;
  readonly schedule: string;
  readonly service: string;
  readonly target: string;
  readonly targetSecret: string;
  readonly scope: Scope;
}
