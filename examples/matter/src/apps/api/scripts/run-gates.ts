import { readdirSync } from "node:fs";
import type { Gate } from "../lib/gate";

/** Run all gates; a blocking one that finds something fails the build, one in shadow only reports. */
let failed = false;
for (const name of readdirSync("__gates__")
  .filter((file) => file.endsWith(".gate.ts"))
  .sort()) {
  const gate = (await import(`../__gates__/${name}`)).default as Gate;
  const findings = await gate.run({ root: new URL("../../..", import.meta.url).pathname });
  console.log(`${gate.id} ${gate.version} (${gate.severity}): ${findings.length} findings`);
  for (const finding of findings) console.log(`  ${finding.target}: ${finding.message} ${finding.fixHint}`);
  failed ||= gate.severity === "blocking" && findings.length > 0;
}
process.exit(failed ? 1 : 0);
