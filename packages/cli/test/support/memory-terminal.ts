/** A terminal that remembers what was written, and whose Ctrl-C is a method. */

import type { Terminal } from "../../src/terminal/terminal.ts";

export class MemoryTerminal implements Terminal {
  output = "";
  errors = "";
  readonly columns: number | undefined;
  readonly #controller = new AbortController();

  constructor(columns?: number) {
    this.columns = columns;
  }

  get interruption(): AbortSignal {
    return this.#controller.signal;
  }

  readonly out = (text: string): void => {
    this.output += text;
  };

  readonly error = (text: string): void => {
    this.errors += text;
  };

  interrupt(): void {
    this.#controller.abort();
  }
}
