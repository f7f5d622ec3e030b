/** A route under examination: how to connect by it, and what is at its far end. Judges nothing. */

import { type ClientConnection, type ConnectOptions, connect } from "hawser";
import { DOCTOR_PROTOCOL, type Question } from "./counterpart.ts";
import { answerWithin, RouteFault } from "./patience.ts";

export class Route {
  readonly url: URL;
  readonly #options: ConnectOptions;
  /** Whether the far end is the doctor's own server. */
  readonly hasCounterpart: boolean;

  constructor(url: URL, options: ConnectOptions, hasCounterpart: boolean) {
    this.url = url;
    this.#options = options;
    this.hasCounterpart = hasCounterpart;
  }

  /** Opens a connection that sends nothing by itself. Rejects as `connect()` does. */
  async open(options: ConnectOptions = {}): Promise<ClientConnection> {
    const subprotocols = this.hasCounterpart ? [DOCTOR_PROTOCOL] : [];
    return connect(this.url, { pingInterval: null, subprotocols, ...this.#options, ...options });
  }

  /**
   * Opens a connection for `use`, and ends it whatever happens. A far end that keeps `use` waiting is a {@link RouteFault}; an
   * interruption rejects with its reason.
   */
  async with<Result>(use: (ws: ClientConnection) => Promise<Result>, options: ConnectOptions = {}): Promise<Result> {
    const ws = await this.open(options);
    try {
      return await answerWithin(use(ws), this.#options.signal);
    } finally {
      ws.terminate();
    }
  }
}

/**
 * Asks the counterpart.
 *
 * @param read of its answer, which is whatever it likes; `undefined`: that is no answer
 */
export async function ask<Answer>(
  ws: ClientConnection,
  question: Question,
  read: (answer: unknown) => Answer | undefined,
): Promise<Answer> {
  await ws.send(JSON.stringify(question));
  const answer = read(parsed(await ws.recv()));
  if (answer === undefined) throw new RouteFault(`the far end does not answer "${question.ask}" as the doctor's does`);
  return answer;
}

function parsed(message: string | Uint8Array): unknown {
  try {
    return JSON.parse(String(message));
  } catch {
    return undefined;
  }
}

/**
 * Finds out who is at the far end: offers the doctor's subprotocol, and without it if that is refused.
 *
 * @param options of all connections; its signal ends those that are examined, too
 */
export async function findRoute(url: URL, options: ConnectOptions): Promise<Route> {
  const offering = new Route(url, options, true);
  try {
    const hasCounterpart = await offering.with(async (ws) => ws.subprotocol === DOCTOR_PROTOCOL);
    return new Route(url, options, hasCounterpart);
  } catch (error) {
    const plain = new Route(url, options, false);
    await plain
      .with(async () => undefined)
      .catch(() => {
        throw error;
      });
    return plain;
  }
}
