import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    setupFiles: ["__tests__/setup.ts"],
    include: ["__tests__/**/*.test.ts", "__contracts__/**/*.test.ts"],
    // Routes import the database by name; tests get the in-memory one under that name.
    alias: { "@repo/database": new URL("../../packages/testing/src/memory-database.ts", import.meta.url).pathname },
    coverage: { provider: "istanbul", include: ["lib/**", "app/**"], reporter: ["json-summary", "lcov"] },
  },
});
