/** What `--help` of the commands to a supervisor teaches. */

import { clientHelp } from "../status/client-options.ts";

export const STOP_HELP = `hawser stop: closes all connections, ends all workers, and waits until that is done

Usage
  hawser stop

Clients see close code 1001, or --stop-code of hawser run. How long it may take is up to hawser run.

Options
${clientHelp([
  ["    --now", "end all processes at once; clients see 1006"],
  ["    --timeout <time>", "wait for so long, 30s or 5m; what was begun goes on"],
])}

Exit codes: 0 stopped, 1 nobody answers or it took longer than --timeout, 130 interrupted (it goes on stopping).
`;

export const RESTART_HELP = `hawser restart: replaces all workers, one after the other, and waits until that is done

Usage
  hawser restart

No connection is refused meanwhile. Clients of a worker that is replaced see close code 1012, spread over --drain-window.

Options
${clientHelp()}

Exit codes: 0 restarted, 1 nobody answers or the new workers did not start, 130 interrupted (it goes on restarting).
`;

export const SCALE_HELP = `hawser scale: changes the number of workers

Usage
  hawser scale 6

Within the range of --workers of hawser run; with --scale, its autoscaler goes on from there.

Options
${clientHelp()}

Exit codes: 0, or 1 if nobody answers or --workers does not allow it.
`;
