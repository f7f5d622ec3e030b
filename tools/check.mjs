/**
 * `npm run check`: the one gate. Format and lint, types, the rules of the tree, the public interface, packages, speed, tests.
 */

import { checkApi } from "./check-api.mjs";
import { checkImports } from "./check-imports.mjs";
import { checkPackages } from "./check-packages.mjs";
import { checkTree } from "./check-tree.mjs";
import { checkAssembly } from "./compile-assembly.mjs";
import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command, run, runPackage, StepError, say } from "./steps/run.mjs";

/** A loss of more than a quarter against what ws does in the same rounds. */
const SPEED_GATE = ["bench/dist/main.js", "--quick", "--gate", "0.75"];

/**
 * All are run, so that one call shows everything that is wrong.
 *
 * @type {readonly (readonly [name: string, check: () => string[]])[]}
 */
const CHECKS = [
  [
    "format and lint (biome)",
    () => failed(runPackage("@biomejs/biome", ["ci", "."]), "see above; npm run fix mends most"),
  ],
  [
    "types of sources, tests and tools (tsc)",
    () => failed(runPackage("typescript", ["-p", "tsconfig.check.json"]), "see above"),
  ],
  ["import direction", checkImports],
  ["rules of the tree", checkTree],
  ["public interface (api/)", checkApi],
  ["compiled assembly", checkAssembly],
  ["state diagram", () => failed(run(process.execPath, ["tools/draw-states.mjs", "--check"]), "see above")],
  [
    "schema of the configuration",
    () => failed(run(process.execPath, ["tools/config-schema.mjs", "--check"]), "see above"),
  ],
  ["packages", checkPackages],
  // By CPU time and in pairs, so that a busy machine does not decide
  ["speed against ws (npm run bench)", () => failed(run(process.execPath, SPEED_GATE), "see above")],
];

const TESTS = /** @type {const} */ ([
  "tests and coverage",
  () => failed(run(process.execPath, ["tools/test.mjs"]), "see above"),
]);

const HELP = `
The gate: a change is ready when it passes. Installs, builds, and looks at
${[...CHECKS, TESTS].map(([name]) => `  ${name}`).join("\n")}

  npm run check

Options
  --without-tests   for who has just run them
  -h, --help
`;

await command(check, { help: HELP, options: { "without-tests": { type: "boolean" } } });

/** @param {import("./steps/usage.mjs").Words} given */
function check({ values }) {
  install();
  build();
  const checks = values["without-tests"] === true ? CHECKS : [...CHECKS, TESTS];
  const problems = checks.flatMap(([name, check]) => {
    say(`Checking: ${name} ...`);
    return problemsOf(check).map((problem) => `${name}: ${problem}`);
  });
  if (problems.length > 0) throw new StepError(`The check failed.\n  ${problems.join("\n  ")}`);
  say("All checks passed.");
}

/**
 * @param {number} code
 * @param {string} problem
 * @returns {string[]}
 */
function failed(code, problem) {
  return code === 0 ? [] : [`exit code ${code}, ${problem}`];
}

/**
 * @param {() => string[]} check
 * @returns {string[]}
 */
function problemsOf(check) {
  try {
    return check();
  } catch (error) {
    if (error instanceof StepError) return [error.message];
    throw error;
  }
}
