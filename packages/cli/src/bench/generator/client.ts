/** One client: a connection, the messages that it waits for an answer to, and those that it could not send yet. */

import { type ClientConnection, ConnectionClosed } from "hawser";
import { now } from "./clock.ts";
import type { Payload } from "./payloads.ts";
import { countedFrom } from "./schedule.ts";
import type { Tally } from "./tally.ts";
import { TimeQueue } from "./time-queue.ts";

/** Bytes in the connection's buffer from which on messages wait outside: a server that reads nothing must not fill our memory. */
const MOST_BUFFERED = 262_144;

/** What is done with a message that arrives. */
export type Receive = (client: Client, content: string | Uint8Array) => void;

export class Client {
  readonly ws: ClientConnection;
  /** From when on the messages without an answer count. */
  readonly unanswered: TimeQueue = new TimeQueue();
  /** When the messages that wait to be sent were due. */
  readonly held: TimeQueue = new TimeQueue();
  readonly #tally: Tally;
  #isClosing = false;

  constructor(ws: ClientConnection, tally: Tally, receive: Receive) {
    this.ws = ws;
    this.#tally = tally;
    void this.#receive(receive);
  }

  get isOpen(): boolean {
    return this.ws.state === "open";
  }

  /** Whether one more message may be sent. */
  get hasRoom(): boolean {
    return this.ws.bufferedAmount < MOST_BUFFERED;
  }

  send({ content, bytes }: Payload, due: number): void {
    const left = now();
    this.ws.sendNow(content);
    this.#tally.sent(bytes, due, left);
    this.unanswered.push(countedFrom(due, left));
  }

  /** An answer came: to the oldest message. `false` if nothing was asked. */
  answer(at: number): boolean {
    const from = this.unanswered.shift();
    if (from !== undefined) this.#tally.answered(from, at);
    return from !== undefined;
  }

  /** Gives the connection up. What is unanswered counts as an error, and with its age so far: it was no quicker. */
  giveUp(why: string): void {
    this.#forget(why);
    this.ws.terminate();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.ws.close();
  }

  async #receive(receive: Receive): Promise<void> {
    const { ws } = this;
    try {
      for (;;) {
        const message = await ws.recv();
        this.#tally.received(typeof message === "string" ? Buffer.byteLength(message) : message.length);
        receive(this, message);
      }
    } catch (error) {
      if (!(error instanceof ConnectionClosed)) throw error;
    }
    this.#tally.open -= 1;
    if (this.#isClosing) return;
    this.#tally.closed(ws.closeCode ?? 1006);
    this.#forget("unanswered when the connection closed");
  }

  #forget(why: string): void {
    const at = now();
    const { length } = this.unanswered;
    while (this.answer(at));
    if (length > 0) this.#tally.error(why, length);
    this.held.clear();
  }
}
