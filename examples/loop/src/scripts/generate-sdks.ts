import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

for (const service of await readdir("services")) {
  if (service.startsWith("_")) continue;
  await run("openapi-typescript", [`services/${service}/openapi.yaml`, "-o", `packages/sdk-${service}/src/index.ts`]);
}
