/**
 * `npm run test:transports`: the tests of servers once more, over the transports that `npm test` does not use.
 *
 * Arguments choose others: `npm run test:transports -- handle`.
 */

import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command, runPackage, StepError, say } from "./steps/run.mjs";
import { chosen, SERVER_TESTS, TRANSPORT_VARIABLE, TRANSPORTS } from "./steps/server-tests.mjs";
import { MISSING_VARIABLE, setUpSystemPrograms } from "./system-programs.mjs";

await command(() => {
  const transports = chosen(process.argv.slice(2), TRANSPORTS, ["stream", "handle"]);
  install();
  const missing = setUpSystemPrograms().join(",");
  build();
  const failed = transports.filter((transport) => {
    say(`Running the tests of servers with transport "${transport}" ...`);
    const env = { [MISSING_VARIABLE]: missing, [TRANSPORT_VARIABLE]: transport };
    return runPackage("vitest", ["run", ...SERVER_TESTS], { env }) !== 0;
  });
  if (failed.length > 0) throw new StepError(`Tests failed with transport ${failed.join(" and ")}.`);
  say("The tests of servers pass over every transport.");
});
