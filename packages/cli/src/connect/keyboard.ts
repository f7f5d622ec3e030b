/**
 * The line that a person types at, below what is shown: with editing, and with the lines of earlier conversations.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { LineWriter } from "./screen.ts";

export interface KeyboardEvents {
  line(text: string): void;
  /** Ctrl-C or Ctrl-D. */
  end(): void;
}

/** Lines that are kept. */
const HISTORY_SIZE = 1_000;

export class Keyboard implements LineWriter {
  readonly #output: Writable;
  readonly #historyPath: string | undefined;
  readonly #lines: Interface;
  #history: readonly string[];

  /** @param historyPath the file that keeps the lines; `undefined`: they are forgotten */
  constructor(input: Readable, output: Writable, historyPath: string | undefined) {
    this.#output = output;
    this.#historyPath = historyPath;
    this.#history = readHistory(historyPath);
    const history = [...this.#history];
    const settings = { prompt: "> ", historySize: HISTORY_SIZE, removeHistoryDuplicates: true, terminal: true };
    this.#lines = createInterface({ input, output, history, ...settings });
    this.#lines.on("history", (lines) => {
      this.#history = [...lines];
    });
  }

  /** Begins to take lines. */
  start(events: KeyboardEvents): void {
    this.#lines.on("line", (text) => {
      if (text !== "") events.line(text);
      this.#lines.prompt();
    });
    this.#lines.on("SIGINT", () => events.end()).on("close", () => events.end());
    this.#lines.prompt();
  }

  /** Writes above the line that is being typed. */
  line(text: string): void {
    const { rows } = this.#lines.getCursorPos();
    moveCursor(this.#output, 0, -rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
    this.#output.write(`${text}\n`);
    this.#lines.prompt(true);
  }

  /** Gives the terminal back, and keeps the lines. */
  close(): void {
    this.#lines.removeAllListeners("close");
    this.#lines.setPrompt("");
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
    this.#lines.close();
    if (this.#historyPath !== undefined) writeHistory(this.#historyPath, this.#history);
  }
}

/** The newest line comes first, as readline has it; in the file, last. */
function readHistory(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.filter((line) => line !== "").reverse();
  } catch {
    return [];
  }
}

function writeHistory(path: string, lines: readonly string[]): void {
  try {
    // What is typed may be a secret: nobody else reads it
    writeFileSync(
      path,
      lines
        .toReversed()
        .map((line) => `${line}\n`)
        .join(""),
      { mode: 0o600 },
    );
  } catch {
    // A home that can't be written to is no reason to end badly
  }
}
