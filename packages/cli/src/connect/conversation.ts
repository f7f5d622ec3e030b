/**
 * One conversation: what is typed goes to the connection that is open, what comes from it goes to the screen.
 *
 * Knows neither the terminal nor how connections are made.
 */

import { type ClientConnection, ConnectionClosed } from "hawser";
import { closeText } from "./close-text.ts";
import { COMMANDS_HELP, type Entry } from "./entry.ts";
import type { Screen } from "./screen.ts";

/** How the last connection ended: with 1000, 1001 or no code, or as its user wished; in any other way; not at all. */
export type Ending = "well" | "badly" | "never opened";

const GOOD_CODES: readonly number[] = [1000, 1001, 1005];

export class Conversation {
  readonly #screen: Screen;
  #ws: ClientConnection | undefined;
  #isLeaving = false;
  /** Who waits for a connection. */
  readonly #waiting: (() => void)[] = [];
  /** When the last message came, or when the connection opened; of `performance.now()`. */
  #heardAt = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Shows one connection after the other, until there are no more or the user leaves. */
  async run(connections: AsyncIterable<ClientConnection>): Promise<Ending> {
    let ending: Ending = "never opened";
    for await (const ws of connections) {
      ending = await this.#show(ws);
      if (this.#isLeaving) break;
    }
    return ending;
  }

  /** Carries out what was typed; resolves once it has left. What can't be done is shown, never thrown. */
  async enter(entry: Entry): Promise<void> {
    if (entry.kind === "help") this.#screen.status(COMMANDS_HELP.trimEnd());
    else if (entry.kind === "mistake") this.#screen.warning(entry.text);
    else if (this.#ws === undefined) this.#screen.warning("not connected: nothing was sent");
    else await this.#carryOut(this.#ws, entry);
  }

  /** Resolves once a connection is open. */
  untilOpen(): Promise<void> {
    if (this.#ws !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Closes the connection with 1000, and no other one is shown. */
  leave(): void {
    this.#isLeaving = true;
    void this.#ws?.close();
  }

  /** {@link leave}, once nothing has been received for so many milliseconds. */
  async leaveWhenQuiet(milliseconds: number): Promise<void> {
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    let left = milliseconds;
    while (left > 0) {
      await new Promise((resolve) => setTimeout(resolve, left).unref());
      left = this.#heardAt + milliseconds - performance.now();
    }
    this.leave();
  }

  async #show(ws: ClientConnection): Promise<Ending> {
    this.#opens(ws);
    try {
      for await (const message of ws) {
        this.#heardAt = performance.now();
        this.#screen.received(message);
      }
    } catch (error) {
      if (!(error instanceof ConnectionClosed)) throw error;
      if (error.cause instanceof Error) this.#screen.warning(error.cause.message);
    }
    return this.#closed(ws);
  }

  #opens(ws: ClientConnection): void {
    this.#ws = ws;
    this.#heardAt = performance.now();
    const subprotocol = ws.subprotocol === undefined ? "" : `, subprotocol ${ws.subprotocol}`;
    const extensions = ws.extensions.map(({ name }) => `, ${name}`).join("");
    this.#screen.status(`Connected to ${addressOf(ws)}${subprotocol}${extensions}.`);
    for (const resolve of this.#waiting.splice(0)) resolve();
    if (this.#isLeaving) void ws.close();
  }

  #closed({ closeCode = 1006, closeReason = "" }: ClientConnection): Ending {
    this.#ws = undefined;
    this.#screen.status(`Connection closed: ${closeText(closeCode, closeReason)}.`);
    const isWished = this.#isLeaving && closeCode !== 1006;
    return isWished || GOOD_CODES.includes(closeCode) ? "well" : "badly";
  }

  async #carryOut(ws: ClientConnection, entry: Exclude<Entry, { kind: "help" | "mistake" }>): Promise<void> {
    try {
      if (entry.kind === "message") await ws.send(entry.message);
      else if (entry.kind === "ping") this.#ping(ws, entry.payload);
      else await this.#close(ws, entry);
    } catch (error) {
      this.#screen.warning(`not sent: ${(error as Error).message}`);
    }
  }

  /** Not waited for: what is typed meanwhile is sent. */
  #ping(ws: ClientConnection, payload: string): void {
    ws.ping(payload === "" ? undefined : payload).then(
      (latency) => this.#screen.status(`Pong after ${latency.toFixed(1)} ms.`),
      (error: Error) => this.#screen.warning(`no pong: ${error.message}`),
    );
  }

  async #close(ws: ClientConnection, { code, reason }: { code: number | undefined; reason: string }): Promise<void> {
    const closing = ws.close(code, reason);
    this.#isLeaving = true;
    await closing;
  }
}

/** That of the last redirect, if there were any. */
function addressOf({ request }: ClientConnection): string {
  return request.url.href.replace(/^http/, "ws");
}
