/**
 * A terminal that is drawn over again and again, and whose keys are heard.
 */

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Takes the whole screen, and what was on it comes back with `close()`. */
  open(onKey: (key: string) => void): void;
  draw(lines: readonly string[]): void;
  close(): void;
}

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

/** That of this process; `undefined` if standard output is none. */
export function processScreen(): Screen | undefined {
  const { stdin, stdout } = process;
  if (!stdout.isTTY) return undefined;
  let hear: ((key: Buffer) => void) | undefined;
  return {
    get columns() {
      return stdout.columns;
    },
    get rows() {
      return stdout.rows;
    },
    open(onKey) {
      stdout.write(ENTER);
      if (!stdin.isTTY) return;
      hear = (key) => onKey(key.toString("latin1"));
      stdin.setRawMode(true).on("data", hear).resume();
    },
    draw: (lines) => void stdout.write(frame(lines, stdout.columns, stdout.rows)),
    close() {
      stdout.write(LEAVE);
      if (hear === undefined) return;
      stdin.off("data", hear).setRawMode(false).pause();
    },
  };
}

/** The lines from the top left, cut to the screen; what stood there before is erased as it goes, without flicker. */
export function frame(lines: readonly string[], columns: number, rows: number): string {
  const shown = lines.slice(0, rows).map((line) => `${line.slice(0, columns)}\x1b[K`);
  return `\x1b[H${shown.join("\r\n")}\x1b[J`;
}
