import { expect, test } from "vitest";
import { incompleteFiles, overallProblems, percent } from "./check-coverage.mjs";

/**
 * @param {[number, number]} lines covered, total
 * @param {[number, number]} branches
 */
function file([coveredLines, lines], [coveredBranches, branches]) {
  return {
    lines: { total: lines, covered: coveredLines, pct: 0 },
    branches: { total: branches, covered: coveredBranches, pct: "Unknown" },
  };
}

test.each([
  [0, 0, 100],
  [1, 2, 50],
  [3, 3, 100],
])("%i of %i is %d %%", (covered, total, expected) => {
  expect(percent({ covered, total, pct: 0 })).toBe(expected);
});

test.each([
  ["more than enough", file([95, 100], [91, 100]), 0],
  ["exactly the limit is not more", file([95, 100], [90, 100]), 1],
  ["both too low", file([10, 100], [10, 100]), 2],
  ["nothing to cover", file([0, 0], [0, 0]), 0],
])("over all: %s", (_name, total, problems) => {
  expect(overallProblems({ total }, 90)).toHaveLength(problems);
});

test("a summary without a total is a problem", () => {
  expect(overallProblems({}, 90)).toEqual(["the summary has no total"]);
});

test("each measure of each file that is not whole is named", () => {
  const summary = { total: file([9, 10], [9, 10]), "/r/a.ts": file([5, 5], [2, 3]), "/r/b.ts": file([0, 0], [0, 0]) };
  expect(incompleteFiles(summary, "/r")).toEqual(["a.ts: 2 of 3 branches are covered by its folder's own tests"]);
});
