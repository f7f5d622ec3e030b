/** `npm run bench`: builds and runs the benchmarks. */

import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command, runForeground, say } from "./steps/run.mjs";

await command(() => {
  install();
  build();
  say("Running the benchmarks ...");
  return runForeground(["bench/dist/main.js", ...process.argv.slice(2)]);
});
