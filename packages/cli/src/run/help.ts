/** What `hawser run --help` teaches. */

import { flagsHelp } from "../config/option-table.ts";
import { RUN_OPTIONS } from "../config/run-options.ts";

export function helpText(): string {
  return `${BEGIN}${flagsHelp(RUN_OPTIONS, [["    --show-config", "says what is set, and where it comes from"]])}\n${END}`;
}

const BEGIN = `hawser run: a server in several processes, started, watched, restarted and stopped

Usage
  hawser run <entry> [options] [-- arguments of the entry]

The entry is the program that calls serve(). Nothing in it has to know of other processes: the supervisor listens where it asks
to, and hands each connection to one of the workers. TypeScript runs where Node does, or by tsx if the project has it.

Examples
  hawser run server.js
      As many workers as there are cores.
  hawser run server.js --workers 4 --memory-limit 512M -- --port 8080
      What stands after -- is for the entry.
  kill -HUP <pid>
      New code: new workers first, then the old ones close their connections over the window. Nobody is refused.
  hawser run server.js --workers 4 --balance unix:/run/app/%d.sock?mode=666
      A socket for each worker, for a router such as nginx to balance.

Options: as flags, as variables (HAWSER_DRAIN_WINDOW=1m) and in hawser.config.json, .jsonc or .yaml (drainWindow: 1m)
`;

const END = `
Signals
  TERM, INT    all connections are closed with --stop-code; exit code 0. A second one ends everything at once.
  HUP, USR2    rolling restart
  TTIN, TTOU   one worker more, one less

Exit codes: 0 stopped, 1 failed, 2 the command line is wrong, 70 the workers crash again and again, 128+n a second signal n.
`;
