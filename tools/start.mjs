/** `npm start`: installs, builds and runs the demo in the foreground until it is told to stop. */

import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { command, runForeground, say } from "./steps/run.mjs";

const HELP = `
Installs, builds and runs the demo in the foreground; Ctrl-C stops it.

  npm start
  PORT=9000 WORKERS=4 npm start

Variables
  HOST, PORT   where it listens (127.0.0.1, 8080)
  WORKERS      processes (1)
  REDIS_URL    for several machines: redis://localhost:6379

Options
  -h, --help
`;

await command(
  () => {
    install();
    build();
    say("Starting the demo (Ctrl-C stops it) ...");
    return runForeground(["examples/demo/dist/main.js"]);
  },
  { help: HELP },
);
