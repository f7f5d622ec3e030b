/**
 * A client's and a server's connection that are joined in memory, under a clock that the test turns.
 */

import type { HeadersLike } from "../handshake/http-headers.ts";
import type { ClientConnection } from "../node/client-connection.ts";
import { type CompressionOption, resolveCompression } from "../node/compression.ts";
import type { ConnectionOptions } from "../node/connection-options.ts";
import type { ServerConnection } from "../node/server-connection.ts";
import { TimingWheel } from "../node/timing-wheel.ts";
import { FakeClock } from "./fake-clock.ts";
import { createClientConnection, createServerConnection } from "./memory-connection.ts";
import { shakeHands } from "./memory-handshake.ts";
import { type LinkOptions, MemoryLink } from "./memory-transport.ts";

export interface ConnectedPairOptions {
  /** Options of the client's connection, as for `connect()`. */
  readonly client?: ConnectionOptions;
  /** Options of the server's connection, as for `serve()`. */
  readonly server?: ConnectionOptions;
  /**
   * Of both sides, as for `serve()` and `connect()`.
   *
   * @default false
   */
  readonly compression?: CompressionOption;
  /** Offered by the client and known to the server, which takes the first. */
  readonly subprotocols?: readonly string[];
  /**
   * The path, with its query, that the client asks for.
   *
   * @default "/"
   */
  readonly path?: string;
  /** Headers of the client's request. */
  readonly headers?: HeadersLike;
  /** How bytes travel: at once, by default. */
  readonly link?: LinkOptions;
  /** A clock that is shared with others. */
  readonly clock?: FakeClock;
}

export interface ConnectedPair<UserData = unknown> {
  readonly client: ClientConnection<unknown>;
  readonly server: ServerConnection<UserData>;
  /** What keepalive and timeouts of both go by. */
  readonly clock: FakeClock;
  /** What carries their bytes, and may be slowed down or cut. */
  readonly link: MemoryLink;
}

/**
 * Makes a client's and a server's connection that are open, and joined in memory. They are real in all but the socket: frames,
 * masking, compression, back-pressure, keepalive and the closing handshake.
 *
 * What takes time takes the time of `clock`. The link has no delay by default, and then messages need no turning of the clock.
 *
 * @throws {TypeError | RangeError} for options that `serve()` or `connect()` would refuse.
 *
 * @example
 * ```ts
 * import { connectedPair } from "hawser/testing";
 *
 * const { client, server, clock, link } = connectedPair();
 * await client.send("hello");
 * await server.recv(); // "hello"
 *
 * link.cut();
 * await clock.advance(40_000); // a ping after 20 s, its timeout after 20 s more
 * server.state; // "closing"
 * ```
 */
export function connectedPair<UserData = unknown>(options: ConnectedPairOptions = {}): ConnectedPair<UserData> {
  const { compression = false, subprotocols = [], path = "/", headers = [], clock = new FakeClock() } = options;
  const agreements = shakeHands({
    path,
    headers,
    subprotocols,
    clientExtensions: resolveCompression("client", compression),
    serverExtensions: resolveCompression("server", compression),
  });
  const link = new MemoryLink(clock, options.link);
  const wheel = new TimingWheel(clock);
  const server = createServerConnection<UserData>({
    transport: link.server,
    agreement: agreements.server,
    wheel,
    options: options.server ?? {},
  });
  const client = createClientConnection({
    transport: link.client,
    agreement: agreements.client,
    wheel,
    options: options.client ?? {},
  });
  return { client, server, clock, link };
}
