/**
 * Pings that wait for their pong (RFC 6455, section 5.5.3).
 */

/** Told what became of a ping. */
export interface PingWaiter {
  /** `latency`: from ping to pong, in milliseconds. */
  answered(latency: number): void;
  /** The connection ended first. */
  lost(): void;
}

interface PendingPing {
  readonly payload: Uint8Array;
  readonly sentAt: number;
  readonly waiter: PingWaiter | undefined;
}

export class PendingPings {
  /** In the order sent; made when needed. */
  #pings: PendingPing[] | undefined;

  /**
   * Keeps `payload`, which must not change. Of the pings that nobody waits for, only the latest is kept: a peer that never
   * answers the keepalive's must not make them pile up.
   */
  add(payload: Uint8Array, sentAt: number, waiter: PingWaiter | undefined): void {
    const kept = waiter === undefined ? this.#pings?.filter((ping) => ping.waiter !== undefined) : this.#pings;
    this.#pings = kept ?? [];
    this.#pings.push({ payload, sentAt, waiter });
  }

  /**
   * A pong arrived: it answers the ping whose payload it repeats, and all before that one, since a peer "MAY elect to send
   * a Pong frame for only the most recently processed Ping frame". Returns the latency of that ping in milliseconds, or
   * `undefined` for an unsolicited pong.
   */
  answer(payload: Uint8Array, now: number): number | undefined {
    const pings = this.#pings;
    const index = pings === undefined ? -1 : pings.findIndex((ping) => areEqual(ping.payload, payload));
    if (pings === undefined || index < 0) return undefined;
    const latency = now - pings[index]!.sentAt;
    for (const ping of pings.splice(0, index + 1)) ping.waiter?.answered(now - ping.sentAt);
    if (pings.length === 0) this.#pings = undefined;
    return latency;
  }

  lose(): void {
    const pings = this.#pings ?? [];
    this.#pings = undefined;
    for (const ping of pings) ping.waiter?.lost();
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
