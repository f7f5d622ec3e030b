/**
 * One end's way into a channel: what one turn of the event loop says leaves in one message, and how much waits is known.
 */

import { type FromPrimary, type FromWorker, wrap } from "./messages.ts";

/** One end of a channel: `process` in a worker, a `ChildProcess` or a `cluster.Worker` in its primary. */
export interface IpcChannel {
  // biome-ignore lint/suspicious/noExplicitAny: Node's own overloads differ in it
  readonly send?: ((message: any, sent: any) => boolean) | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  on(event: any, listener: (...args: any[]) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  off(event: any, listener: (...args: any[]) => void): unknown;
}

export class Outgoing<Message extends FromWorker | FromPrimary> {
  readonly #channel: IpcChannel;
  readonly #drained: () => void;
  #gathered: Message[] = [];
  #gatheredSize = 0;
  #size = 0;

  /** `drained`: called when the other end has taken everything. */
  constructor(channel: IpcChannel, drained: () => void = () => {}) {
    this.#channel = channel;
    this.#drained = drained;
  }

  /** How much was said that the other end has not taken, as far as sizes were given. */
  get size(): number {
    return this.#size;
  }

  /** `size`: of the payload, for {@link size}. Never throws: the channel's end has an event of its own. */
  say(message: Message, size = 0): void {
    if (this.#gathered.length === 0) queueMicrotask(() => this.#send());
    this.#gathered.push(message);
    this.#gatheredSize += size;
    this.#size += size;
  }

  #send(): void {
    const [messages, size] = [this.#gathered, this.#gatheredSize];
    this.#gathered = [];
    this.#gatheredSize = 0;
    try {
      this.#channel.send?.(wrap(messages), () => this.#sent(size));
    } catch {
      // The channel is closed
    }
  }

  #sent(size: number): void {
    if (size === 0) return;
    this.#size -= size;
    if (this.#size === 0) this.#drained();
  }
}
