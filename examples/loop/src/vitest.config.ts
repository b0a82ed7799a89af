import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{apps,packages,services,integrations}/**/*.test.{ts,tsx}"],
    globalSetup: ["./packages/testing/src/database.ts"],
    reporters: ["default", ["junit", { outputFile: "reports/junit.xml", addFileAttribute: true }]],
    coverage: { provider: "v8", reporter: ["json-summary"] },
  },
});
