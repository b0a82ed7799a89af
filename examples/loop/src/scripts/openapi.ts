import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { stringify } from "yaml";

const folder = resolve(process.argv[2] ?? ".");
const { app } = (await import(`${folder}/src/index.ts`)) as { app: { getOpenAPI31Document: (info: object) => object } };
const { version } = JSON.parse(await readFile(`${folder}/package.json`, "utf8")) as { version?: string };
const document = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: folder, version: version ?? "0.0.0" } });
await writeFile(`${folder}/openapi.yaml`, stringify(document));
