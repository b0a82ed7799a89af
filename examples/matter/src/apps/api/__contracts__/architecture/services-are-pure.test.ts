import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../../..", import.meta.url).pathname;
const read = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, "utf8") }));

describe("architecture", () => {
  it("keeps services apart: no service imports another one", () => {
    for (const { path, text } of read("packages/*-service/src/**/*.ts")) {
      expect(text, path).not.toMatch(/from "@repo\/[a-z]+-service"/);
    }
  });

  it("keeps HTTP out of services", () => {
    for (const { path, text } of read("packages/*-service/src/**/*.ts")) expect(text, path).not.toMatch(/from "next/);
  });

  it("keeps raw SQL inside the database package", () => {
    for (const { path, text } of read("{apps,packages}/**/*.ts")) {
      if (!path.startsWith("packages/database/src/") && !path.includes("__contracts__")) {
        expect(text, path).not.toMatch(/\$(query|execute)Raw/);
      }
    }
  });
});
