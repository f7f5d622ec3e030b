/**
 * What comes from an engine, on its way to the receiver: taken apart, checked, and without what this process published itself.
 *
 * Knows no engine. After {@link Inbox.close} nobody is told anything.
 */

import type { BackplaneReceiver } from "../pubsub/backplane.ts";
import type { Position, Publication } from "../pubsub/publication.ts";
import { decodeWire } from "../pubsub/wire-form.ts";

const START = "Cannot start: a backplane serves one server, make another one";

export class Inbox {
  /** Names this process in what it publishes. */
  readonly self: string;
  #receiver: BackplaneReceiver | undefined;
  #isClosed = false;

  constructor(self: string) {
    this.self = self;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws {TypeError} if there was a receiver before. */
  open(receiver: BackplaneReceiver): void {
    if (this.#receiver !== undefined || this.#isClosed) throw new TypeError(START);
    this.#receiver = receiver;
  }

  /** Something stood in the channel of this topic. At offset 0 nothing is published: there a history begins. */
  take(topic: string, wire: Uint8Array): void {
    const message = decodeWire(topic, wire);
    if ("fault" in message) this.#receiver?.rejected(`${topic}: ${message.fault}`);
    else if (message.from !== this.self && message.position?.offset !== 0)
      this.#receiver?.received(message.publication, message.position);
  }

  received(publication: Publication, position: Position | undefined): void {
    this.#receiver?.received(publication, position);
  }

  rejected(reason: string): void {
    this.#receiver?.rejected(reason);
  }

  /** The engine is away. */
  lost(cause: unknown): void {
    this.#receiver?.disconnected(cause);
  }

  /** It is there again, and everything is subscribed to. */
  regained(): void {
    this.#receiver?.gap(undefined);
    this.#receiver?.connected();
  }

  gap(topics: readonly string[] | undefined): void {
    this.#receiver?.gap(topics);
  }

  close(): void {
    this.#isClosed = true;
    this.#receiver = undefined;
  }
}
