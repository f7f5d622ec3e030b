/**
 * Two ends of a channel as between a process and the one that forked it, in this process: what is sent goes through JSON and
 * comes in a later turn.
 */

import { EventEmitter } from "node:events";

export class ChannelEnd extends EventEmitter {
  #other: ChannelEnd | undefined;
  /** What was sent and not taken, while the other end takes nothing. */
  #held: (() => void)[] | undefined;

  join(other: ChannelEnd): void {
    this.#other = other;
  }

  send(message: unknown, sent: (error: Error | null) => void): boolean {
    if (this.#other === undefined) throw new Error("Channel closed");
    const text = JSON.stringify(message);
    const deliver = () => {
      this.#other?.emit("message", JSON.parse(text));
      sent(null);
    };
    if (this.#held === undefined) setImmediate(deliver);
    else this.#held.push(deliver);
    return true;
  }

  /** The other end takes nothing from now on; what is called takes it all. */
  hold(): () => void {
    this.#held = [];
    return () => {
      for (const deliver of this.#held ?? []) deliver();
      this.#held = undefined;
    };
  }

  disconnect(): void {
    const other = this.#other;
    this.#other = undefined;
    if (other === undefined) return;
    other.disconnect();
    setImmediate(() => this.emit("disconnect"));
  }
}

export function channelPair(): readonly [worker: ChannelEnd, primary: ChannelEnd] {
  const [worker, primary] = [new ChannelEnd(), new ChannelEnd()];
  worker.join(primary);
  primary.join(worker);
  return [worker, primary];
}
