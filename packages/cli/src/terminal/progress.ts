/**
 * Progress on standard error: a bar that is drawn over itself for a person, a line at each new stage for a file.
 */

import type { Terminal } from "./terminal.ts";

export interface Progress {
  /**
   * What was done before is done; next comes `what`, its stage before a colon: `memory: 12/5` is of the stage `memory`.
   *
   * @param work how much it is, about, in the unit of the total
   */
  step(what: string, work: number): void;
  /** Removes the bar. */
  end(): void;
}

const CELLS = 20;

/**
 * @param total work in all, in any unit
 * @param now a clock in ms, for the time left
 */
export function createProgress(terminal: Terminal, total: number, now: () => number): Progress {
  return terminal.columns === undefined ? plainProgress(terminal) : barProgress(terminal, terminal.columns, total, now);
}

/** One line for each stage: a log does not want hundreds. */
function plainProgress(terminal: Terminal): Progress {
  let last = "";
  return {
    step(what) {
      const stage = stageOf(what);
      if (stage !== last) terminal.error(`${stage} ...\n`);
      last = stage;
    },
    end() {},
  };
}

function stageOf(what: string): string {
  return what.split(":", 1)[0]!;
}

function barProgress(terminal: Terminal, columns: number, total: number, now: () => number): Progress {
  const start = now();
  let [done, begun] = [0, 0];
  return {
    step(what, work) {
      done += begun;
      begun = work;
      terminal.error(`\r\x1b[2K${barLine(what, done, total, now() - start, columns)}`);
    },
    end() {
      terminal.error("\r\x1b[2K");
    },
  };
}

/** `[#####.....]  50 %, about 12 s left  memory: 12/5`, cut to the screen's width. */
export function barLine(what: string, done: number, total: number, elapsed: number, columns: number): string {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.round(share * CELLS);
  const bar = `${"#".repeat(filled)}${".".repeat(CELLS - filled)}`;
  const left = done === 0 ? "" : `, about ${Math.ceil(((elapsed / done) * (total - done)) / 1_000)} s left`;
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %${left}  ${what}`.slice(0, columns - 1);
}
