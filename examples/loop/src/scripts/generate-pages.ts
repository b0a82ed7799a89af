import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { glob } from "node:fs/promises";

const MARK = /source-digest: [0-9a-f]{64}/;

/** What each kind of page is made from; the digest in its header says from which state of it. */
const KINDS: readonly { pages: string; source: (path: string, text: string) => string }[] = [
  { pages: "apps/docs/content/services/*.mdx", source: (path) => `services/${name(path)}/service.yaml` },
  { pages: "apps/docs/content/sdk/*.mdx", source: (path) => `services/${name(path)}/openapi.yaml` },
  {
    pages: "apps/docs/content/reference/api/*/*.mdx",
    source: (path) => `services/${path.split("/").at(-2)}/openapi.yaml`,
  },
  {
    pages: "apps/docs/content/reference/events/*.mdx",
    source: (path) => `packages/contracts/src/events/${name(path).split(".")[0]}.ts`,
  },
];

function name(path: string): string {
  return (path.split("/").at(-1) ?? "").replace(/\.mdx$/, "");
}

for (const { pages, source } of KINDS) {
  for await (const path of glob(pages)) {
    const text = await readFile(path, "utf8");
    const digest = createHash("sha256").update(await readFile(source(path, text))).digest("hex");
    await writeFile(path, text.replace(MARK, `source-digest: ${digest}`));
  }
}
