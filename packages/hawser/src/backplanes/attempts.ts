/**
 * Attempts to reach an engine: the first, which says how a backplane begins, and those after its link was lost. Knows no engine.
 */

import { Backoff } from "./backoff.ts";

/** Who is told how it goes. */
export interface AttemptsHost {
  lost(cause: unknown): void;
  regained(): void;
}

export class Attempts {
  readonly #try: () => Promise<unknown>;
  readonly #final: RegExp;
  readonly #host: AttemptsHost;
  readonly #backoff: Backoff = new Backoff();
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param attempt resolves with what went wrong, if anything did; must not reject
   * @param final messages of errors that no further attempt mends
   */
  constructor(attempt: () => Promise<unknown>, final: RegExp, host: AttemptsHost) {
    this.#try = attempt;
    this.#final = final;
    this.#host = host;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when the engine is reached, or the first attempt has failed; rejects for what no further one mends. */
  async begin(): Promise<void> {
    const cause = await this.#attempt();
    if (cause === undefined || this.#isClosed) return;
    if (cause instanceof Error && this.#final.test(cause.message)) throw cause;
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
    const cause = await this.#try();
    if (cause === undefined) this.#backoff.reset();
    return cause;
  }
}
