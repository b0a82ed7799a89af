import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

interface Operation {
  readonly operationId: string;
  readonly "x-matter-rate-limit": Readonly<Record<string, number | string>>;
}

const spec = parse(readFileSync("../docs/api-reference/openapi.yaml", "utf8")) as {
  paths: Record<string, Record<string, Operation>>;
};
const rows = Object.values(spec.paths)
  .flatMap((methods) => Object.values(methods))
  .map(({ operationId, "x-matter-rate-limit": { unit: _unit, ...plans } }) => [operationId, plans] as const)
  .sort(([left], [right]) => (left.toLowerCase() < right.toLowerCase() ? -1 : 1));

writeFileSync(
  "lib/rate-limits.ts",
  [
    "// Written by scripts/generate-rate-limits.ts from x-matter-rate-limit. Do not edit.",
    "",
    "/** Calls per minute, by operation and plan. */",
    `export const RATE_LIMITS = ${JSON.stringify(Object.fromEntries(rows), null, 2)} as const;`,
    "",
  ].join("\n"),
);
