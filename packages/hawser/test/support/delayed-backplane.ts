/**
 * A backplane that answers when the test says so, and passes on what it hears late and in another order, as engines in other
 * processes do.
 */

import type { Backplane, BackplaneReceiver, Position, Publication } from "hawser/pubsub";

export class DelayedBackplane implements Backplane {
  readonly #backplane: Backplane;
  #held: (() => void)[] = [];
  #heard: (() => void)[] = [];

  constructor(backplane: Backplane) {
    this.#backplane = backplane;
  }

  get name(): string {
    return this.#backplane.name;
  }

  get keepsHistory(): boolean {
    return this.#backplane.keepsHistory;
  }

  get presence(): Backplane["presence"] {
    return this.#backplane.presence;
  }

  /** Lets the engine do what it was asked for so far, and answer. */
  answer(): void {
    for (const task of this.#held.splice(0)) task();
  }

  /** Hands on what was heard; the latest first if `isReversed`. */
  hear({ isReversed = false } = {}): void {
    const all = this.#heard.splice(0);
    for (const task of isReversed ? all.reverse() : all) task();
  }

  start(receiver: BackplaneReceiver): Promise<void> {
    return this.#backplane.start({
      received: (publication: Publication, position: Position | undefined) =>
        void this.#heard.push(() => receiver.received(publication, position)),
      gap: (topics) => receiver.gap(topics),
      connected: () => receiver.connected(),
      disconnected: (cause) => receiver.disconnected(cause),
      rejected: (reason) => receiver.rejected(reason),
    });
  }

  subscribe(...args: Parameters<Backplane["subscribe"]>): Promise<void> {
    return this.#later(() => this.#backplane.subscribe(...args));
  }

  unsubscribe(...args: Parameters<Backplane["unsubscribe"]>): Promise<void> {
    return this.#later(() => this.#backplane.unsubscribe(...args));
  }

  publish(...args: Parameters<Backplane["publish"]>): ReturnType<Backplane["publish"]> {
    return this.#later(() => this.#backplane.publish(...args));
  }

  history(...args: Parameters<Backplane["history"]>): ReturnType<Backplane["history"]> {
    return this.#later(() => this.#backplane.history(...args));
  }

  close(): Promise<void> {
    return this.#backplane.close();
  }

  #later<Value>(ask: () => Value | Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#held.push(() => {
        try {
          resolve(ask());
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}
