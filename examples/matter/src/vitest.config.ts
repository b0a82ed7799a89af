import { defineConfig } from "vitest/config";

// CI runs all projects at once from here (`bun run test:ci`), so that its reports name files by their paths in the
// repository, and that the coverage counts every source, also those that no test loads.
export default defineConfig({
  test: {
    projects: ["apps/api", "packages/*-service"],
    reporters: ["default", ["junit", { outputFile: "reports/junit.xml", addFileAttribute: true }]],
    coverage: {
      provider: "istanbul",
      include: ["apps/api/{app,lib}/**/*.ts", "packages/*-service/src/**/*.ts"],
      reporter: ["json-summary", "lcov"],
      reportsDirectory: "reports",
    },
  },
});
