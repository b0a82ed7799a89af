import { readFile } from "node:fs/promises";
import { glob } from "node:fs/promises";
import { parse } from "yaml";

/** One convention: an id, and the files that break it. */
interface Convention {
  readonly id: string;
  readonly find: () => Promise<string[]>;
}

async function files(pattern: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern)) found.push(path);
  return found.sort();
}

const conventions: readonly Convention[] = [
  {
    id: "migration-brand-id-required",
    find: async () => {
      const broken: string[] = [];
      for (const path of await files("services/*/drizzle/*.sql")) {
        const tables = (await readFile(path, "utf8")).split(/create table/i).slice(1);
        if (tables.some((table) => !/"brand_id" text not null/i.test(table.split(";")[0] ?? ""))) broken.push(path);
      }
      return broken;
    },
  },
  {
    id: "own-manifest-schema",
    find: async () => {
      const broken: string[] = [];
      for (const path of await files("services/*/service.yaml")) {
        const manifest = parse(await readFile(path, "utf8")) as Record<string, unknown>;
        if (!manifest.name || !manifest.owner || !manifest.contracts) broken.push(path);
      }
      return broken;
    },
  },
];

for (const { id, find } of conventions) {
  const broken = await find();
  for (const path of broken) console.error(`${id}: ${path}`);
  if (broken.length > 0) process.exitCode = 1;
}
