import { readFileSync } from "node:fs";
import { declaredFields } from "../lib/declared-fields";
import type { Gate } from "../lib/gate";
import { piiDrift } from "../lib/pii-drift-validation";

const SPEC = "apps/docs/api-reference/openapi.yaml";

const gate: Gate = {
  id: "pii-drift",
  version: "2.0.1",
  description: "Fields that look personal are declared so, and declared ones are not public.",
  category: "security",
  mode: "drift",
  severity: "blocking",
  async run({ root }) {
    return piiDrift(declaredFields(readFileSync(`${root}/${SPEC}`, "utf8"))).map(({ operationId, field, reason }) => ({
      reason,
      message: `${field} of ${operationId}: ${reason.replaceAll("_", " ")}.`,
      target: `${operationId}.${field}`,
      source: { file: SPEC },
      fixHint: "Name the field in x-matter-pii of the operation, or correct its classification.",
    }));
  },
};

export default gate;
