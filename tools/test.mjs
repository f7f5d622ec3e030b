/** `npm test`: installs, sets up system programs, builds, runs every test and judges the coverage. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkCoverage } from "./check-coverage.mjs";
import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command, runPackage, StepError, say } from "./steps/run.mjs";
import { countsLine, skippedSuites } from "./steps/test-report.mjs";
import { readJson, root } from "./steps/workspace.mjs";
import { MISSING_VARIABLE, setUpSystemPrograms } from "./system-programs.mjs";

const HELP = `
Installs, sets up system programs, builds, runs every test and judges the coverage.

  npm test
  npm test -- packages/hawser               a part of the tests; coverage is not judged
  npm test -- packages/cli -t "kill -9"     further words go to vitest

Options
  -h, --help
`;

await command(test, { help: HELP, passesOnTo: "vitest" });

/** @param {import("./steps/usage.mjs").Words} given */
function test({ words: filters }) {
  const isWhole = filters.length === 0;
  install();
  const env = { [MISSING_VARIABLE]: setUpSystemPrograms().join(",") };
  build();
  say(isWhole ? "Running all tests with coverage ..." : `Running the tests (${filters.join(" ")}) ...`);
  const reportPath = join(root, "coverage", "tests.json");
  rmSync(reportPath, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`];
  const code = runPackage("vitest", ["run", ...(isWhole ? ["--coverage"] : []), ...reporters, ...filters], { env });
  const report = readReport(reportPath, code);
  const problems = isWhole && code === 0 ? checkCoverage() : [];
  for (const suite of skippedSuites(report)) say(`*** SKIPPED: ${suite}`);
  for (const problem of problems) console.error(`Coverage: ${problem}`);
  say(countsLine(report));
  if (code !== 0) throw new StepError("Tests failed; their messages are above.", code);
  if (problems.length > 0) throw new StepError("The coverage is below what is asked.");
}

/**
 * @param {string} path
 * @param {number} code vitest's exit code
 * @returns {import("./steps/test-report.mjs").TestReport}
 */
function readReport(path, code) {
  try {
    return readJson(path);
  } catch (cause) {
    throw new StepError(`Vitest ended with exit code ${code} and left no report (${cause}).`, code || 1);
  }
}
