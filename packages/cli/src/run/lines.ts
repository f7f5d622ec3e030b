/**
 * Text in pieces, as it comes from a pipe, to whole lines. Knows no pipe.
 */

/** Characters. A line that is longer is cut: somebody writes without line ends, and memory is not endless. */
const MAX_LINE = 65_536;

export class Lines {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(withoutReturn(line));
    while (this.#rest.length > MAX_LINE) {
      this.#onLine(this.#rest.slice(0, MAX_LINE));
      this.#rest = this.#rest.slice(MAX_LINE);
    }
  }

  /** What came last is a line, too. */
  end(): void {
    if (this.#rest !== "") this.#onLine(withoutReturn(this.#rest));
    this.#rest = "";
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
