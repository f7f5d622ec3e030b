/**
 * What stands between an accepted socket and a transport: a PROXY protocol header, TLS.
 *
 * Does not know who accepts.
 */

import type { OnReadOpts, Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from "node:tls";
import { ignore } from "./ignore.ts";
import { readProxyHeader } from "./proxy-header.ts";
import type { ProxyAddresses } from "./proxy-protocol.ts";
import { shareReads } from "./shared-reads.ts";
import { SHARED_READS, SHORT_SHARED_READS, StreamTransport } from "./stream-transport.ts";
import type { HandleDriver } from "./tcp-handles.ts";
import { type Endpoints, reportedEndpoints, type Transport } from "./transport.ts";

/** Takes the transports of new connections. `since`: when the client connected, in the time of `performance.now()`. */
export type TransportHandler = (transport: Transport, endpoints: Endpoints, since: number) => void;

export interface ArrivalSettings {
  readonly tls: TlsOptions | undefined;
  readonly proxyProtocol: "off" | "optional" | "required";
  /** Milliseconds for a PROXY header, and for a TLS handshake. */
  readonly openTimeout: number;
  /** How many sockets may be on their way to a transport at the same time; more are dropped. */
  readonly maxArrivals: number;
  /** Whether sockets read into one buffer, where nothing stands before HTTP. */
  readonly sharesReads: boolean;
  /** What writes to those sockets past their streams, if that is possible. */
  readonly directDriver: HandleDriver | undefined;
  /** Whether received messages wait until they are asked for; then reading more at once than may wait is of no use. */
  readonly isReceivingAsked: boolean;
}

/** What is known of a socket under TLS. */
interface Arrival {
  readonly socket: Socket;
  readonly since: number;
  /** For whom a proxy speaks. */
  readonly proxied: ProxyAddresses | undefined;
}

export class Arrivals {
  /** How sockets read that share a buffer. */
  readonly onread: OnReadOpts;
  readonly #settings: ArrivalSettings;
  readonly #onTransport: TransportHandler;
  readonly #tls: TlsServer | undefined;
  /** Sockets that have not come to a transport yet. */
  readonly #sockets: Set<Socket> = new Set();
  /** Those whose TLS handshake is under way, by the socket's own address; Unix sockets have none. */
  readonly #securing: Map<string, Arrival> = new Map();

  constructor(settings: ArrivalSettings, onTransport: TransportHandler) {
    this.#settings = settings;
    this.onread = settings.isReceivingAsked ? SHORT_SHARED_READS : SHARED_READS;
    this.#onTransport = onTransport;
    this.#tls = settings.tls === undefined ? undefined : this.#createTls(settings.tls);
  }

  /** The socket needs nothing before it is a transport. `sharesReads`: it reads as {@link onread} says. */
  accepted(socket: Socket, sharesReads: boolean): void {
    const transport = new StreamTransport(socket, sharesReads, this.#settings.directDriver);
    this.#onTransport(transport, transport.endpoints, performance.now());
  }

  /** A client connected; nothing has been read. */
  connected(socket: Socket): void {
    const since = performance.now();
    if (this.#tls === undefined && this.#settings.proxyProtocol === "off") {
      const { sharesReads } = this.#settings;
      this.accepted(sharesReads ? shareReads(socket, this.onread) : socket, sharesReads);
    } else if (this.#sockets.size >= this.#settings.maxArrivals) {
      socket.destroy();
    } else {
      this.#sockets.add(socket);
      socket.on("error", ignore).once("close", () => this.#sockets.delete(socket));
      this.#prepare(socket, since);
    }
  }

  /** Drops those on their way. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #prepare(socket: Socket, since: number): void {
    const { proxyProtocol, openTimeout } = this.#settings;
    const done = (proxied: ProxyAddresses | undefined) => {
      const arrival = { socket, since, proxied };
      if (this.#tls === undefined) this.#arrived(arrival);
      else this.#secure(this.#tls, arrival);
    };
    if (proxyProtocol === "off") done(undefined);
    else readProxyHeader(socket, proxyProtocol, openTimeout, done);
  }

  #arrived({ socket, since, proxied }: Arrival): void {
    this.#sockets.delete(socket);
    const transport = new StreamTransport(socket);
    this.#onTransport(transport, reportedEndpoints(transport.endpoints, proxied), since);
  }

  // TLS

  #createTls(options: TlsOptions): TlsServer {
    const { openTimeout } = this.#settings;
    const server = createTlsServer({ ALPNProtocols: ["http/1.1"], ...options, handshakeTimeout: openTimeout });
    server.on("secureConnection", (socket) => this.#secured(socket));
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }

  /** Node documents that a TLS server takes sockets by its `connection` event. */
  #secure(tls: TlsServer, arrival: Arrival): void {
    const { socket } = arrival;
    const key = keyOf(socket);
    if (key === undefined) {
      // It cannot be told which one the handshake was for: those under way at close end by `openTimeout`
      this.#sockets.delete(socket);
    } else {
      this.#securing.set(key, arrival);
      socket.once("close", () => this.#securing.delete(key));
    }
    tls.emit("connection", socket);
  }

  #secured(socket: TLSSocket): void {
    const arrival = this.#takeArrival(keyOf(socket));
    const transport = new StreamTransport(socket);
    const endpoints = reportedEndpoints(transport.endpoints, arrival?.proxied);
    this.#onTransport(transport, endpoints, arrival?.since ?? performance.now());
  }

  /** The socket is the transport's from now on. */
  #takeArrival(key: string | undefined): Arrival | undefined {
    const arrival = key === undefined ? undefined : this.#securing.get(key);
    if (arrival !== undefined) this.#sockets.delete(arrival.socket);
    return arrival;
  }
}

/** The same for a socket and for the TLS socket around it; `undefined` for a Unix socket. */
function keyOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort}`;
}
