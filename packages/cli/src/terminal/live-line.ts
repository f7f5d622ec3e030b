/** One line on standard error that says what goes on now: drawn over itself for a person, a line at each new stage for a file. */

import type { Terminal } from "./terminal.ts";

export interface LiveLine {
  /** @param stage what is done, `measuring`; `detail`, how it goes, is for a person alone */
  show(stage: string, detail: string): void;
  /** Removes it. */
  end(): void;
}

export function createLiveLine(terminal: Terminal): LiveLine {
  const { columns } = terminal;
  let last = "";
  return {
    show(stage, detail) {
      if (columns !== undefined) terminal.error(`\r\x1b[2K${`${stage}  ${detail}`.slice(0, columns - 1)}`);
      else if (stage !== last) terminal.error(`${stage} ...\n`);
      last = stage;
    },
    end() {
      if (columns !== undefined) terminal.error("\r\x1b[2K");
    },
  };
}
