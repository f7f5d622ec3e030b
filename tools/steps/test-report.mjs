/**
 * What vitest's JSON report says, in the words of `npm test`. Pure.
 *
 * @module
 */

/**
 * @typedef {object} TestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numFailedTestSuites suites with a failed test, and files that could not be loaded
 * @property {number} numPendingTests skipped
 * @property {number} [numTodoTests]
 * @property {{ status: string, assertionResults: { status: string, ancestorTitles: string[], title: string }[] }[]} testResults one per file
 */

/**
 * `N passed, N failed`, and `, N skipped` where there are any.
 *
 * A file that could not be loaded has no tests to count; it counts as one failed test.
 *
 * @param {TestReport} report
 * @returns {string}
 */
export function countsLine(report) {
  const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  const counts = `${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed`;
  return skipped > 0 ? `${counts}, ${skipped} skipped` : counts;
}

/**
 * The suites that have skipped tests, each once; a skipped test outside a suite stands under its own name.
 *
 * @param {TestReport} report
 * @returns {string[]}
 */
export function skippedSuites(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");
  return [...new Set(skipped.map((test) => test.ancestorTitles[0] || test.title))];
}
