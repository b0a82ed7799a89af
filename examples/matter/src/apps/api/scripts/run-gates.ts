import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import type { Gate } from "../lib/gate";

const REPORTS = new URL("../../../reports", import.meta.url).pathname;

/** Run all gates; a blocking one that finds something fails the build, one in shadow only reports. */
const checks: { name: string; conclusion: "success" | "failure" | "neutral"; completed_at: string }[] = [];
for (const name of readdirSync("__gates__")
  .filter((file) => file.endsWith(".gate.ts"))
  .sort()) {
  const gate = (await import(`../__gates__/${name}`)).default as Gate;
  const findings = await gate.run({ root: new URL("../../..", import.meta.url).pathname });
  console.log(`${gate.id} ${gate.version} (${gate.severity}): ${findings.length} findings`);
  for (const finding of findings) console.log(`  ${finding.target}: ${finding.message} ${finding.fixHint}`);
  const conclusion = findings.length === 0 ? "success" : gate.severity === "blocking" ? "failure" : "neutral";
  checks.push({ name: gate.id, conclusion, completed_at: new Date().toISOString() });
}
mkdirSync(REPORTS, { recursive: true });
writeFileSync(`${REPORTS}/gates.json`, JSON.stringify({ checks }, null, 1));
process.exit(checks.some(({ conclusion }) => conclusion === "failure") ? 1 : 0);
