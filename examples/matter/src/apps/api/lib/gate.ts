/** What a gate finds: where, why, and how to mend it. */
export interface Finding {
  readonly reason: string;
  readonly message: string;
  readonly target: string;
  readonly source: { readonly file: string; readonly line?: number };
  readonly fixHint: string;
}

export interface Gate {
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly category: "contract" | "budget" | "eval" | "security" | "capability" | "safety" | "cost" | "latency";
  readonly mode: "static" | "drift" | "property" | "contract" | "integration";
  /** A new gate starts in shadow: it reports and blocks nothing until it is promoted. */
  readonly severity: "blocking" | "warning" | "info" | "shadow";
  readonly slaMs?: number;
  run(context: { readonly root: string }): Promise<readonly Finding[]>;
}
