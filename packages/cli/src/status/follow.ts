/**
 * Waits for something that the supervisor does, and shows how far it is: a bar for a person, a line for each stage in a log.
 */

import { setTimeout as delay } from "node:timers/promises";
import { Interrupted } from "../command.ts";
import { barLine } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { ShownStatus } from "./admin-client.ts";

export interface Stage {
  /** What is going on; a log gets a line when it changes. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** All there is room for beside the bar, where the screen has 80 columns. */
  readonly detail: string;
}

/** Milliseconds between two looks. */
const INTERVAL = 250;

/**
 * Asks again and again until there is nothing more to wait for.
 *
 * @param look the status, or `undefined` once it is over
 * @throws {Interrupted} at Ctrl-C; what was begun goes on
 */
export async function follow(
  terminal: Terminal,
  look: () => Promise<ShownStatus | undefined>,
  stageOf: (status: ShownStatus) => Stage,
): Promise<void> {
  const show = display(terminal);
  try {
    for (let status = await look(); status !== undefined; status = await look()) {
      show.stage(stageOf(status));
      await delay(INTERVAL, undefined, { signal: terminal.interruption }).catch(() => {});
      if (terminal.interruption.aborted) throw new Interrupted();
    }
  } finally {
    show.end();
  }
}

function display(terminal: Terminal) {
  const { columns } = terminal;
  const start = performance.now();
  let last = "";
  return {
    stage({ what, detail, done, total }: Stage): void {
      if (columns !== undefined) {
        const bar = barLine(detail, done, total, performance.now() - start, columns);
        terminal.error(`\r\x1b[2K${bar}`);
      } else if (what !== last) terminal.error(`${what}: ${detail}\n`);
      last = what;
    },
    end(): void {
      if (columns !== undefined) terminal.error("\r\x1b[2K");
    },
  };
}
