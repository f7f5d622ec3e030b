/**
 * Workers replaced one after the other: the new one is ready before the old one is asked to go, and one drains at a time. The
 * next new one starts meanwhile, so that the closing of connections goes on without a pause.
 *
 * Does not know why workers are replaced.
 */

import type { Worker } from "./worker.ts";

export interface RenewalHost {
  /** The next one that serves and shall be replaced. */
  nextOutdated(): Worker | undefined;
  /** Starts one in its place; `undefined`: not now. */
  launchSuccessor(old: Worker): Worker | undefined;
  retire(old: Worker): void;
}

interface Succession {
  readonly old: Worker;
  readonly successor: Worker;
}

export class Renewal {
  readonly #host: RenewalHost;
  #next: Succession | undefined;
  #closing: Worker | undefined;

  constructor(host: RenewalHost) {
    this.#host = host;
  }

  /** To be called whenever a worker's state has changed. */
  advance(): void {
    if (this.#closing?.isDrained === true || this.#closing?.isAlive === false) this.#closing = undefined;
    // Either has ended by itself: then there is nothing to succeed to, or another is started
    if (this.#next !== undefined && !(this.#next.old.isServing && this.#next.successor.isWanted))
      this.#next = undefined;
    if (this.#next?.successor.isServing === true && this.#closing === undefined) this.#succeed(this.#next.old);
    if (this.#next === undefined) this.#prepare();
  }

  #succeed(old: Worker): void {
    this.#next = undefined;
    this.#closing = old;
    this.#host.retire(old);
  }

  #prepare(): void {
    const old = this.#host.nextOutdated();
    const successor = old && this.#host.launchSuccessor(old);
    if (old !== undefined && successor !== undefined) this.#next = { old, successor };
  }
}
