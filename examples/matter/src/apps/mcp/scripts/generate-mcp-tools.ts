import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly "x-matter-mcp": { exposed: boolean; never_expose: boolean; tool_name?: string; min_tier?: number };
}

const spec = parse(readFileSync("../docs/api-reference/openapi.yaml", "utf8")) as {
  paths: Record<string, Record<string, Operation>>;
};
const tools = Object.entries(spec.paths)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
  .filter(({ operation }) => operation["x-matter-mcp"].exposed && !operation["x-matter-mcp"].never_expose)
  .map(({ path, method, operation: { operationId, summary, "x-matter-mcp": mcp } }) => {
    const annotations = { readOnlyHint: method === "get", destructiveHint: false, idempotentHint: true };
    const tool = {
      operationId,
      description: summary,
      method: method.toUpperCase(),
      path,
      minTier: mcp.min_tier,
      annotations,
    };
    return [mcp.tool_name ?? "", tool] as const;
  })
  .sort(([left], [right]) => (left < right ? -1 : 1));

writeFileSync(
  "src/tools/generated.ts",
  `// Written by scripts/generate-mcp-tools.ts from x-matter-mcp. Do not edit.\n\nexport const TOOLS = ${JSON.stringify(Object.fromEntries(tools), null, 2)} as const;\n`,
);
