import { describe, expect, test } from "vitest";
import { firstPack, strayFiles } from "../check-packages.mjs";
import { isCurrent } from "./install.mjs";
import { countsLine, skippedSuites } from "./test-report.mjs";

describe("isCurrent", () => {
  const wanted = {
    packages: {
      "": {},
      "packages/hawser": { version: "0.1.0" },
      "node_modules/hawser": { link: true },
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b-win32": { version: "1.0.0", optional: true },
    },
  };
  test.each([
    ["all there", { "node_modules/hawser": { link: true }, "node_modules/a": { version: "1.0.0" } }, true],
    ["another version", { "node_modules/hawser": { link: true }, "node_modules/a": { version: "1.0.1" } }, false],
    ["one missing", { "node_modules/hawser": { link: true } }, false],
    [
      "a package instead of the workspace",
      { "node_modules/hawser": { version: "0.1.0" }, "node_modules/a": { version: "1.0.0" } },
      false,
    ],
  ])("%s", (_name, packages, expected) => {
    expect(isCurrent(wanted, { packages })).toBe(expected);
  });
});

/**
 * @param {[status: string, suite: string | undefined, title: string][]} tests
 * @returns {import("./test-report.mjs").TestReport}
 */
function report(...tests) {
  const count = (/** @type {string} */ status) => tests.filter((one) => one[0] === status).length;
  const assertionResults = tests.map(([status, suite, title]) => ({
    status,
    title,
    ancestorTitles: suite === undefined ? [] : [suite],
  }));
  return {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numFailedTestSuites: 0,
    numPendingTests: count("skipped"),
    testResults: [{ status: "passed", assertionResults }],
  };
}

describe("test report", () => {
  test("counts", () => {
    expect(countsLine(report(["passed", "a", "x"], ["passed", "a", "y"]))).toBe("2 passed, 0 failed");
    expect(countsLine(report(["passed", "a", "x"], ["skipped", "a", "y"]))).toBe("1 passed, 0 failed, 1 skipped");
  });

  test("a file that could not be loaded is a failure", () => {
    const broken = { ...report(), testResults: [{ status: "failed", assertionResults: [] }] };
    expect(countsLine(broken)).toBe("0 passed, 1 failed");
  });

  test("skipped suites are named once", () => {
    const skipped = report(
      ["skipped", "a", "x"],
      ["skipped", "a", "y"],
      ["passed", "b", "z"],
      ["skipped", undefined, "alone"],
    );
    expect(skippedSuites(skipped)).toEqual(["a", "alone"]);
  });
});

describe("packages", () => {
  test("what must not be published is found", () => {
    const paths = ["dist/index.js", "dist/.main.tsbuildinfo", "dist/a.test.js", "src/index.ts", "README.md"];
    expect(strayFiles(paths)).toEqual(["dist/.main.tsbuildinfo", "dist/a.test.js", "src/index.ts"]);
  });

  test("npm's answer is found among its warnings", () => {
    const answer = [{ filename: "a.tgz", files: [{ path: "b" }] }];
    expect(firstPack(`npm warn [x]\n${JSON.stringify(answer, null, 2)}\nnpm warn y`)).toEqual(answer[0]);
  });
});
