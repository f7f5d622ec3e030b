/**
 * `/ticker`: a live feed, several readings a second to everyone who listens.
 *
 * `broadcast` never waits: a receiver that does not keep up is skipped (the server's `slowConsumer` policy) and goes on
 * with a later reading, which is what a live feed wants. The clock runs only while somebody listens.
 */

import { broadcast, type ServerConnection } from "hawser";
import { nextReading, type Reading } from "./reading.ts";
import type { Route } from "./route.ts";

/** Milliseconds between two readings: five a second look alive and cost next to nothing. */
export const TICK_INTERVAL = 200;

/** Readings that a newcomer gets at once, so that its charts do not begin empty: 24 seconds. */
export const TICKER_HISTORY = 120;

/** What the server sends, as JSON. */
export type TickerMessage =
  | { readonly type: "history"; readonly readings: readonly Reading[] }
  | { readonly type: "reading"; readonly reading: Reading };

export class Ticker implements Route {
  readonly #receivers = new Set<ServerConnection>();
  readonly #history: Reading[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const now = Date.now();
    for (let age = TICKER_HISTORY; age > 0; age--) this.#read(now - age * TICK_INTERVAL);
  }

  open(ws: ServerConnection): Promise<void> {
    this.#receivers.add(ws);
    this.#timer ??= setInterval(() => this.#tick(), TICK_INTERVAL);
    return ws.send(encode({ type: "history", readings: this.#history }));
  }

  message(ws: ServerConnection): void {
    void ws.close(1008, "the ticker only sends: it takes no messages");
  }

  close(ws: ServerConnection): void {
    this.#receivers.delete(ws);
    if (this.#receivers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    broadcast(this.#receivers, encode({ type: "reading", reading: this.#read(Date.now()) }));
  }

  #read(time: number): Reading {
    const reading = nextReading(this.#history.at(-1), time, Math.random);
    this.#history.push(reading);
    if (this.#history.length > TICKER_HISTORY) this.#history.shift();
    return reading;
  }
}

function encode(message: TickerMessage): string {
  return JSON.stringify(message);
}
