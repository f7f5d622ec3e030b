import { defineConfig } from "vitest/config";

// "hawser" is its source, not what was last built.
const conditions = ["@hawser/source"];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "conformance/**/*.test.ts",
      "bench/**/*.test.ts",
      "examples/**/*.test.ts",
      "tools/**/*.test.mjs",
    ],
    exclude: ["**/dist/**", "**/node_modules/**"],
    setupFiles: ["packages/hawser/test/support/without-vectors.ts"],
    // Processes, not threads: tests send signals, count descriptors and start programs.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    allowOnly: false,
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.d.ts"],
      reporter: ["text-summary", "json", "json-summary"],
      reportsDirectory: "coverage",
    },
  },
});
