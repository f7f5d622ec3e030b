/**
 * `npm run test:transports`: the tests of servers once more, over the transports that `npm test` does not use, and without the
 * processor's vector instructions.
 */

import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command, runPackage, StepError, say } from "./steps/run.mjs";
import {
  CORE_TESTS,
  chosen,
  SERVER_TESTS,
  TRANSPORT_VARIABLE,
  TRANSPORTS,
  WITHOUT_VECTORS_VARIABLE,
} from "./steps/server-tests.mjs";
import { MISSING_VARIABLE, setUpSystemPrograms } from "./system-programs.mjs";

/** @typedef {{ title: string, env: Record<string, string>, tests: readonly string[] }} Variant */

/** @type {Record<string, Variant>} */
const VARIANTS = {
  ...Object.fromEntries(
    TRANSPORTS.map((name) => [
      name,
      { title: `with transport "${name}"`, env: { [TRANSPORT_VARIABLE]: name }, tests: SERVER_TESTS },
    ]),
  ),
  "no-vectors": {
    title: "without vector instructions",
    env: { [WITHOUT_VECTORS_VARIABLE]: "1" },
    tests: [...CORE_TESTS, ...SERVER_TESTS],
  },
};

const USUAL = ["stream", "handle", "no-vectors"];

const HELP = `
Runs the tests of servers once more: over the transports that npm test does not use, and without the processor's vector
instructions.

  npm run test:transports                 ${USUAL.join(", ")}
  npm run test:transports -- handle       one of ${Object.keys(VARIANTS).join(", ")}

Options
  -h, --help
`;

await command(testTransports, { help: HELP, takesWords: true });

/** @param {import("./steps/usage.mjs").Words} given */
function testTransports({ words }) {
  const names = chosen(words, Object.keys(VARIANTS), USUAL);
  install();
  const missing = setUpSystemPrograms().join(",");
  build();
  const failed = names
    .map((name) => /** @type {Variant} */ (VARIANTS[name]))
    .filter(({ title, env, tests }) => {
      say(`Running the tests of servers ${title} ...`);
      return runPackage("vitest", ["run", ...tests], { env: { ...env, [MISSING_VARIABLE]: missing } }) !== 0;
    });
  if (failed.length > 0) throw new StepError(`Tests failed ${failed.map(({ title }) => title).join(" and ")}.`);
  say("The tests of servers pass in every variant.");
}
