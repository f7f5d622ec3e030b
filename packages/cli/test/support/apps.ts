/** Processes of an app that tests can talk to: started, counted, made unready, ended with the test. */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const ECHO_APP: string = fileURLToPath(new URL("./child-programs/echo-app.mjs", import.meta.url));

export class App {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves once it listens. */
  static async start(environment: Readonly<Record<string, string>>): Promise<App> {
    // What this process was started with is not the child's
    const child = fork(ECHO_APP, { execArgv: [], env: { ...process.env, NODE_OPTIONS: "", ...environment } });
    const app = new App(child);
    const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
    if (message !== "listening") throw new Error(`The app ended with ${message}`);
    return app;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Open connections. */
  async count(): Promise<number> {
    this.#child.send("count");
    const [{ count }] = (await once(this.#child, "message")) as [{ count: number }];
    return count;
  }

  /** `unready`: /readyz says so, while connections are taken; `refuse`: they are refused, too. */
  tell(state: "unready" | "refuse"): void {
    this.#child.send(state);
  }

  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
  }
}
