/** `npm start`: installs, builds and runs the demo in the foreground until it is told to stop. */

import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command, runForeground, say } from "./steps/run.mjs";

await command(() => {
  install();
  build();
  say("Starting the demo (Ctrl-C stops it) ...");
  return runForeground(["examples/demo/dist/main.js", ...process.argv.slice(2)]);
});
