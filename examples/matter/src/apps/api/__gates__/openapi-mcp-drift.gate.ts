import { readFileSync } from "node:fs";
import { TOOLS } from "../../mcp/src/tools/generated";
import type { Gate } from "../lib/gate";

const SPEC = "apps/docs/api-reference/openapi.yaml";

const gate: Gate = {
  id: "openapi-mcp-drift",
  version: "1.2.0",
  description: "The MCP catalogue holds exactly the operations that the specification exposes.",
  category: "contract",
  mode: "drift",
  severity: "blocking",
  async run({ root }) {
    const text = readFileSync(`${root}/${SPEC}`, "utf8");
    const exposed = new Set([...text.matchAll(/exposed: true.*tool_name: (\w+)/g)].map((match) => match[1] as string));
    const differing = [...exposed]
      .filter((name) => !(name in TOOLS))
      .concat(Object.keys(TOOLS).filter((name) => !exposed.has(name)));
    return differing.map((target) => ({
      reason: "catalog_differs",
      message: "The catalogue and the specification disagree about this tool.",
      target,
      source: { file: SPEC },
      fixHint: "Run `bun run generate-tools` and commit the result.",
    }));
  },
};

export default gate;
