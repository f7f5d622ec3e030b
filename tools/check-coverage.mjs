/**
 * The coverage gates: enough over all, and everything in the folders of the core by their own tests alone.
 *
 * Vitest's V8 coverage is mapped onto the source's syntax tree: branches are those of `if`, `?:`, `&&`, `||`, `??`,
 * `switch` and default values; a file of types alone has nothing to cover and counts as covered; a file that no test
 * loads counts as not covered at all.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, runPackage, StepError, say } from "./steps/run.mjs";
import { filesBelow, readJson, root } from "./steps/workspace.mjs";

/** Percent of lines and of branches, over all packages and all tests. */
const OVERALL = 90;

/** Covered wholly, each by the tests that stand beside its sources. */
const OWN_TESTS = ["bytes", "protocol", "handshake", "extensions"].map((name) => `packages/hawser/src/${name}`);

/** @typedef {{ total: number, covered: number, pct: number | string }} Measure */
/** @typedef {{ lines: Measure, branches: Measure }} FileSummary */
/** @typedef {Record<string, FileSummary>} Summary vitest's json-summary: a file's path, or "total" */

const MEASURES = /** @type {const} */ (["lines", "branches"]);

/**
 * @param {Measure} measure
 * @returns {number} percent; nothing to cover is 100
 */
export function percent({ total, covered }) {
  return total === 0 ? 100 : (100 * covered) / total;
}

/**
 * What is below `least` percent over all.
 *
 * @param {Summary} summary
 * @param {number} least percent
 * @returns {string[]}
 */
export function overallProblems(summary, least) {
  const total = summary["total"];
  if (total === undefined) return ["the summary has no total"];
  return MEASURES.filter((measure) => percent(total[measure]) <= least).map(
    (measure) =>
      `${percent(total[measure]).toFixed(2)} % of all ${measure} are covered, more than ${least} % are asked`,
  );
}

/**
 * The files that are not wholly covered.
 *
 * @param {Summary} summary
 * @param {string} base the path that messages are relative to
 * @returns {string[]}
 */
export function incompleteFiles(summary, base) {
  const files = Object.entries(summary).filter(([path]) => path !== "total");
  return files.flatMap(([path, file]) =>
    MEASURES.filter((measure) => file[measure].covered < file[measure].total).map((measure) => {
      const { covered, total } = file[measure];
      return `${path.replace(`${base}/`, "")}: ${covered} of ${total} ${measure} are covered by its folder's own tests`;
    }),
  );
}

/**
 * Reads the summary of the whole run and measures the core's folders.
 *
 * @returns {string[]} what is wrong; empty when all gates are passed
 */
export function checkCoverage() {
  const overall = overallProblems(readSummary("coverage"), OVERALL);
  const own = OWN_TESTS.filter((folder) => existsSync(join(root, folder))).flatMap(ownProblems);
  return [...overall, ...own];
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function ownProblems(folder) {
  if (!filesBelow(join(root, folder)).some((path) => path.endsWith(".test.ts")))
    return [`${folder} has no tests of its own`];
  say(`Measuring what ${folder} covers by its own tests ...`);
  const reports = `coverage/own/${folder.split("/").at(-1)}`;
  const args = ["run", folder, "--reporter=dot", "--coverage", "--coverage.reporter=json-summary"];
  const scope = [`--coverage.include=${folder}/**/*.ts`, `--coverage.reportsDirectory=${reports}`];
  if (runPackage("vitest", [...args, ...scope]) !== 0) return [`the tests of ${folder} fail when they run alone`];
  return incompleteFiles(readSummary(reports), root);
}

/**
 * @param {string} folder
 * @returns {Summary}
 */
function readSummary(folder) {
  return readJson(join(root, folder, "coverage-summary.json"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await command(() => {
    const problems = checkCoverage();
    if (problems.length > 0) throw new StepError(problems.join("\n"));
  });
}
