/**
 * The zlib pool, whose results are held back until the test wants them: so that a seed tells in which order things happen.
 */

import type { DeflatePool } from "../src/deflate/engine.ts";
import { zlibPool } from "../src/node/zlib-pool.ts";

export class HeldPool implements DeflatePool {
  /** Results so far. */
  deflated = 0;
  inflated = 0;
  #isOpen = false;
  #waiting: (() => void)[] = [];

  async deflate(...args: Parameters<DeflatePool["deflate"]>): ReturnType<DeflatePool["deflate"]> {
    const compressed = await this.#held(zlibPool.deflate(...args));
    this.deflated++;
    return compressed;
  }

  async inflate(...args: Parameters<DeflatePool["inflate"]>): ReturnType<DeflatePool["inflate"]> {
    const message = await this.#held(zlibPool.inflate(...args));
    this.inflated++;
    return message;
  }

  /** Gives out what is there, and what comes, until it is closed again. */
  open(): void {
    this.#isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  close(): void {
    this.#isOpen = false;
  }

  async #held<Result>(result: Promise<Result>): Promise<Result> {
    const [settled] = await Promise.all([result, this.#opened()]);
    return settled;
  }

  #opened(): Promise<void> {
    if (this.#isOpen) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }
}
