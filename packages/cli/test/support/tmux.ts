/** A terminal as a person has one, drawn by tmux: keys go in, and the screen can be read. */

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";

export class TmuxTerminal {
  readonly #server = `hawser-${randomUUID()}`;

  /** Runs a shell command in a new terminal of 80 columns and 24 lines; when it ends, its exit code is shown. */
  constructor(command: string, environment: Readonly<Record<string, string>> = {}) {
    const variables = Object.entries(environment).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const line = `${command}; echo "exit code $?"; sleep 60`;
    this.#tmux(["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", ...variables, "sh", "-c", line]);
    onTestFinished(() => {
      this.#tmux(["kill-server"]);
    });
  }

  /** @param keys text, or names of keys such as `Enter`, `Up`, `C-c` */
  press(...keys: readonly string[]): void {
    this.#tmux(["send-keys", ...keys]);
  }

  type(text: string): void {
    this.#tmux(["send-keys", "-l", text]);
  }

  /** What stands on it, without empty lines at the end. */
  screen(): string {
    return this.#tmux(["capture-pane", "-p"]).trimEnd();
  }

  #tmux(words: readonly string[]): string {
    return execFileSync("/usr/bin/tmux", ["-L", this.#server, ...words], { encoding: "utf8" });
  }
}
