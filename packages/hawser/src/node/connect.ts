/**
 * `connect()`: opens a connection, over redirects, within a time.
 */

import { ClientConnection } from "./client-connection.ts";
import { type Hop, openOnce, requestFor } from "./client-opening.ts";
import { type ConnectOptions, type ConnectSettings, resolveConnectOptions } from "./client-options.ts";
import { parseClientUrl, withoutCredentials } from "./client-url.ts";
import { type ForeverOptions, iterateConnections, resolveForeverOptions } from "./connect-forever.ts";
import { HandshakeError } from "./errors.ts";
import { toHandshakeResponse } from "./http-exchange.ts";
import { nextHop } from "./redirects.ts";
import { MAX_TIMER_DELAY } from "./timer-limits.ts";

export interface Connect {
  /**
   * Opens a connection.
   *
   * A user and a password in the URL become Basic authorization. `http:` and `https:` are read as `ws:` and `wss:`.
   *
   * Rejects with a {@link HandshakeError} if no connection comes about: its `response` is the server's answer, if one came,
   * its `cause` what went wrong on the network. Rejects with the reason of `options.signal` if that is aborted first. Nothing
   * is left open then. A mistake in the URL or in the options is a `TypeError` or a `RangeError`.
   *
   * @example
   * ```ts no-run
   * import { connect } from "hawser";
   *
   * const ws = await connect("wss://example.org/feed", { subprotocols: ["v1"] });
   * for await (const message of ws) console.log(message);
   * ```
   */
  <UserData = unknown>(url: string | URL, options?: ConnectOptions): Promise<ClientConnection<UserData>>;

  /**
   * Open connections to the same URL, one after the other, for as long as they are asked for.
   *
   * When the loop's body ends, its connection is closed if it is still open, and the next one is opened, after a random part
   * of a delay that grows with every attempt that came to nothing. Leaving the loop closes the connection and ends everything.
   *
   * @throws {TypeError | RangeError} if the URL or an option cannot be used. The iteration throws an error that is not worth
   * another attempt, and the last one after `maxAttempts`.
   *
   * @example
   * ```ts no-run
   * import { ConnectionClosedError, connect } from "hawser";
   *
   * for await (const ws of connect.forever("wss://example.org/feed")) {
   *   try {
   *     for await (const message of ws) console.log(message);
   *   } catch (error) {
   *     if (!(error instanceof ConnectionClosedError)) throw error;
   *   }
   * }
   * ```
   */
  forever<UserData = unknown>(
    url: string | URL,
    options?: ForeverOptions,
  ): AsyncGenerator<ClientConnection<UserData>, void, void>;
}

export const connect: Connect = Object.assign(connectOnce, { forever });

async function connectOnce<UserData>(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<ClientConnection<UserData>> {
  const settings = resolveConnectOptions(options);
  return open<UserData>(firstHop(url, settings), settings);
}

function forever<UserData>(
  url: string | URL,
  options: ForeverOptions = {},
): AsyncGenerator<ClientConnection<UserData>, void, void> {
  const { connect: settings, ...retries } = resolveForeverOptions(options);
  const hop = firstHop(url, settings);
  return iterateConnections((signal) => open<UserData>(hop, { ...settings, signal }), retries, settings.signal);
}

function firstHop(url: string | URL, settings: ConnectSettings): Hop {
  const hop = { url: parseClientUrl(url), headers: settings.headers, tls: settings.tls };
  // Here, so that what is wrong with a header shows before anything is connected to
  requestFor(hop, settings);
  return hop;
}

function open<UserData>(hop: Hop, settings: ConnectSettings): Promise<ClientConnection<UserData>> {
  return withinTime(settings, (signal) => followRedirects(hop, settings, signal)) as Promise<
    ClientConnection<UserData>
  >;
}

/** One signal for all stages: the caller's, and the time. */
async function withinTime<Result>(
  { signal, openTimeout }: ConnectSettings,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  const timer = setTimeout(() => controller.abort(timeout(openTimeout)), Math.min(openTimeout, MAX_TIMER_DELAY));
  signal?.addEventListener("abort", abort);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function timeout(openTimeout: number): HandshakeError {
  return new HandshakeError("HANDSHAKE_TIMEOUT", `The connection did not open within openTimeout, ${openTimeout} ms`);
}

async function followRedirects(first: Hop, settings: ConnectSettings, signal: AbortSignal): Promise<ClientConnection> {
  let hop = first;
  for (let followed = 0; ; followed++) {
    const outcome = await openOnce(hop, settings, signal);
    if (outcome instanceof ClientConnection) return outcome;
    const next = nextHop(hop, outcome, followed, settings);
    if (next === undefined) {
      const { status, statusText } = outcome;
      const text = `${withoutCredentials(hop.url)} refused the handshake: ${status} ${statusText}`.trimEnd();
      throw new HandshakeError("HANDSHAKE_REFUSED", text, { response: toHandshakeResponse(outcome) });
    }
    hop = next;
  }
}
