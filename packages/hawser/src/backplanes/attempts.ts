/**
 * Attempts to reach an engine: the first, which says how a backplane begins, and those after its link was lost. Knows no engine.
 */

import { Backoff } from "./backoff.ts";

export interface AttemptsHost {
  /** Resolves with what went wrong, if anything did. Must not reject. */
  attempt(): Promise<unknown>;
  /** Messages of errors that no further attempt mends. */
  readonly final: RegExp;
  lost(cause: unknown): void;
  regained(): void;
}

export class Attempts {
  readonly #host: AttemptsHost;
  readonly #backoff: Backoff = new Backoff();
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: AttemptsHost) {
    this.#host = host;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when the engine is reached, or the first attempt has failed; rejects for what no further one mends. */
  async begin(): Promise<void> {
    const cause = await this.#attempt();
    if (cause === undefined || this.#isClosed) return;
    if (cause instanceof Error && this.#host.final.test(cause.message)) throw cause;
    this.#host.lost(cause);
    this.again();
  }

  /** Tries after a while, and again until it succeeds. */
  again(): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#retry(), this.#backoff.next());
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #retry(): Promise<void> {
    const cause = await this.#attempt();
    if (this.#isClosed) return;
    if (cause === undefined) this.#host.regained();
    else this.again();
  }

  async #attempt(): Promise<unknown> {
    const cause = await this.#host.attempt();
    if (cause === undefined) this.#backoff.reset();
    return cause;
  }
}
