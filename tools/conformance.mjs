/** `npm run conformance -- <url>`: builds and runs the conformance suite against a server. */

import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command, runForeground, say } from "./steps/run.mjs";

await command(() => {
  install();
  build();
  say("Running the conformance suite ...");
  return runForeground(["conformance/dist/main.js", ...process.argv.slice(2)]);
});
