import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../../..", import.meta.url).pathname;
const SERVICE = /^packages\/[a-z]+-service\/src\//;

/** The TypeScript files of the monorepo whose path fits, with their text. */
function sources(fits: (path: string) => boolean): { path: string; text: string }[] {
  return ["apps", "packages"]
    .flatMap((top) =>
      readdirSync(`${ROOT}/${top}`, { recursive: true, encoding: "utf8" }).map((path) => `${top}/${path}`),
    )
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules/") && fits(path))
    .map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, "utf8") }));
}

describe("architecture", () => {
  it("keeps services apart: no service imports another one", () => {
    for (const { path, text } of sources((path) => SERVICE.test(path))) {
      expect(text, path).not.toMatch(/from "@repo\/[a-z]+-service"/);
    }
  });

  it("keeps HTTP out of services", () => {
    for (const { path, text } of sources((path) => SERVICE.test(path))) expect(text, path).not.toMatch(/from "next/);
  });

  it("keeps raw SQL inside the database package", () => {
    const outside = (path: string) => !path.startsWith("packages/database/src/") && !path.includes("__contracts__");
    for (const { path, text } of sources(outside)) expect(text, path).not.toMatch(/\$(query|execute)Raw/);
  });
});
