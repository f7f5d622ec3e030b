/**
 * When to ping, and when to give a silent peer up. Pure: the time is passed in, and a deadline comes out.
 *
 * Whatever arrives proves the peer alive; a ping is sent only after an interval in which nothing did.
 */

export class Keepalive {
  readonly #interval: number;
  readonly #timeout: number;
  /** Since when nothing was received, or sent that asks for an answer. */
  #lastReceived: number;
  /** When the ping was sent that nothing has answered yet; -1 if there is none. */
  #unansweredSince = -1;

  /** Milliseconds; `Infinity` for `interval` sends no pings, for `timeout` waits for ever. */
  constructor(interval: number, timeout: number, now: number) {
    this.#interval = interval;
    this.#timeout = timeout;
    this.#lastReceived = Math.floor(now);
  }

  /** When {@link isPingDue} or {@link isPeerLost} will next turn true, if nothing arrives. */
  get deadline(): number {
    if (this.#unansweredSince < 0) return this.#lastReceived + this.#interval;
    return this.#unansweredSince + this.#timeout;
  }

  isPingDue(now: number): boolean {
    return this.#unansweredSince < 0 && now >= this.deadline;
  }

  isPeerLost(now: number): boolean {
    return this.#unansweredSince >= 0 && now >= this.deadline;
  }

  /** Any bytes arrived, or could not arrive because we did not read. */
  received(now: number): void {
    // Whole milliseconds need no memory of their own
    this.#lastReceived = Math.floor(now);
    this.#unansweredSince = -1;
  }

  pingSent(now: number): void {
    // A peer that is never given up is pinged on: routers drop what is silent
    if (this.#timeout === Number.POSITIVE_INFINITY) this.#lastReceived = Math.floor(now);
    else this.#unansweredSince = Math.floor(now);
  }
}
