import { readdirSync, readFileSync } from "node:fs";
import type { Gate } from "../lib/gate";

const VERSIONS = "apps/docs/api-reference/versions";
const CURRENT = "apps/docs/api-reference/openapi.yaml";

/** New since October 2026, hence in shadow: it reports, and blocks nothing until `bun run gates --promote=version-replay`. */
const gate: Gate = {
  id: "version-replay",
  version: "0.3.0",
  description: "Every operation of a frozen minor is still there in the current one.",
  category: "contract",
  mode: "contract",
  severity: "shadow",
  slaMs: 120_000,
  async run({ root }) {
    const operations = (path: string) =>
      [...readFileSync(`${root}/${path}`, "utf8").matchAll(/operationId: (\S+)/g)].map((match) => match[1] as string);
    const current = new Set(operations(CURRENT));
    return readdirSync(`${root}/${VERSIONS}`)
      .map((name) => `${VERSIONS}/${name}`)
      .flatMap((file) =>
        operations(file)
          .filter((name) => !current.has(name))
          .map((target) => ({
            reason: "operation_gone",
            message: `${target} is in the frozen minor and not in the current one.`,
            target,
            source: { file },
            fixHint: "Bring it back as deprecated, with a sunset date and a plan.",
          })),
      );
  },
};

export default gate;
