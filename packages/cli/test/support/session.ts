/**
 * A shell in which a transcript's commands run one after the other, in a folder of its own.
 *
 * Standard output and standard error are one stream, as in a terminal. What the session started ends with it.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export class Session {
  readonly #folder: string;
  readonly #shell: ChildProcess;
  #output = "";
  #steps = 0;
  #written: (() => void) | undefined;

  constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    // A group of its own: background programs of the transcript are ended with it
    this.#shell = spawn("bash", ["--noprofile", "--norc"], {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#shell.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
      this.#written?.();
    });
    this.#shell.stdin?.on("error", () => {}).write("exec 2>&1\nlast=0\n");
  }

  /**
   * Runs one command, until it has ended and `isExpected` holds of what was written since the step before.
   *
   * @returns what was written
   * @throws {Error} with what was written, if that does not happen within `limit` ms
   */
  async run(command: string, isExpected: (output: string) => boolean, limit: number): Promise<string> {
    const step = this.#steps++;
    const end = `--- end of step ${step} ---\n`;
    writeFileSync(join(this.#folder, ".step"), `${command}\n`);
    // Read from a file, so that the command can't take the shell's own input
    this.#shell.stdin?.write(`(exit $last)\n. ./.step < /dev/null\nlast=$?\necho '${end.trim()}'\n`);
    const started = Date.now();
    while (!this.#isDone(end, isExpected)) {
      const left = started + limit - Date.now();
      if (left <= 0) throw new Error(`after ${limit} ms: ${command}\n${this.#output.replace(end, "")}`);
      await this.#untilWritten(left);
    }
    const output = this.#output.replace(end, "");
    this.#output = "";
    return output;
  }

  async end(): Promise<void> {
    const { pid } = this.#shell;
    if (pid === undefined) return;
    const closed = once(this.#shell, "close");
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The whole group has ended by itself
    }
    await closed;
  }

  #isDone(end: string, isExpected: (output: string) => boolean): boolean {
    return this.#output.includes(end) && isExpected(this.#output.replace(end, ""));
  }

  #untilWritten(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limit);
      this.#written = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
