/**
 * Where a server's connections come from: a listening socket of its own.
 *
 * Strips what stands before HTTP (a PROXY protocol header, TLS) and hands on transports.
 */

import { createServer, type ListenOptions, type Server as NetServer, type OnReadOpts, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from "node:tls";
import { HandleTransport } from "./handle-transport.ts";
import { ignore } from "./ignore.ts";
import { readProxyHeader } from "./proxy-header.ts";
import type { ProxyAddresses } from "./proxy-protocol.ts";
import { shareReads, shareReadsOfAll } from "./shared-reads.ts";
import type { HandleDrive, SocketDrive } from "./socket-drive.ts";
import { SHARED_READS, SHORT_SHARED_READS, StreamTransport } from "./stream-transport.ts";
import { type StreamHandle, takeConnections } from "./tcp-handles.ts";
import { type Endpoints, reportedEndpoints, type Transport } from "./transport.ts";

/** Takes the transports of new connections. `since`: when the client connected, in the time of `performance.now()`. */
export type TransportHandler = (transport: Transport, endpoints: Endpoints, since: number) => void;

/** A place where connections come from. */
export interface Listener {
  /** As `net.Server.address()` gives it. */
  readonly address: ReturnType<NetServer["address"]>;
  /** Takes no more connections; resolves when the place is given up. */
  close(): Promise<void>;
}

export interface SocketListenerSettings {
  readonly listen: ListenOptions;
  readonly tls: TlsOptions | undefined;
  readonly proxyProtocol: "off" | "optional" | "required";
  /** Milliseconds for a PROXY header, and for a TLS handshake. */
  readonly openTimeout: number;
  /** How many sockets may be on their way to a transport at the same time; more are dropped. */
  readonly maxArrivals: number;
  readonly drive: SocketDrive;
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

export class SocketListener implements Listener {
  readonly #settings: SocketListenerSettings;
  readonly #onTransport: TransportHandler;
  readonly #onread: OnReadOpts;
  readonly #server: NetServer;
  readonly #tls: TlsServer | undefined;
  /** Sockets that have not come to a transport yet. */
  readonly #sockets: Set<Socket> = new Set();
  /** Those whose TLS handshake is under way, by the socket's own address; Unix sockets have none. */
  readonly #securing: Map<string, Arrival> = new Map();
  #drivesHandles = false;

  constructor(settings: SocketListenerSettings, onTransport: TransportHandler) {
    this.#settings = settings;
    this.#onread = settings.isReceivingAsked ? SHORT_SHARED_READS : SHARED_READS;
    this.#onTransport = onTransport;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true });
    this.#server.on("connection", (socket) => this.#connected(socket));
    this.#tls = settings.tls === undefined ? undefined : this.#createTls(settings.tls);
  }

  /** Resolves once listening. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#settings.listen, () => {
        this.#server.off("error", reject);
        // What goes wrong later concerns one connection that could not be accepted: the others go on
        this.#server.on("error", ignore);
        this.#takeConnections();
        resolve();
      });
    });
  }

  /** Whether connections come as handles, as `drive` may ask; else as sockets. */
  get drivesHandles(): boolean {
    return this.#drivesHandles;
  }

  get address(): ReturnType<NetServer["address"]> {
    return this.#server.address();
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Takes what is accepted before the server makes a socket of it, if there is a better way to drive it. */
  #takeConnections(): void {
    const { handles, sharesReads } = this.#settings.drive;
    if (handles !== undefined) this.#takeHandles(handles);
    else if (sharesReads) shareReadsOfAll(this.#server, this.#onread, (socket) => this.#accepted(socket, true));
  }

  #takeHandles({ driver, kind }: HandleDrive): void {
    this.#drivesHandles = takeConnections(this.#server, kind, (handle: StreamHandle) => {
      const since = performance.now();
      handle.setNoDelay?.(true);
      const transport = new HandleTransport(handle, driver);
      this.#onTransport(transport, transport.endpoints, since);
    });
  }

  /** The socket needs nothing before it is a transport. */
  #accepted(socket: Socket, sharesReads: boolean): void {
    const transport = new StreamTransport(socket, sharesReads, this.#settings.drive.directDriver);
    this.#onTransport(transport, transport.endpoints, performance.now());
  }

  #connected(socket: Socket): void {
    const since = performance.now();
    if (this.#tls === undefined && this.#settings.proxyProtocol === "off") {
      const { sharesReads } = this.#settings.drive;
      this.#accepted(sharesReads ? shareReads(socket, this.#onread) : socket, sharesReads);
    } else if (this.#sockets.size >= this.#settings.maxArrivals) {
      socket.destroy();
    } else {
      this.#sockets.add(socket);
      socket.on("error", ignore).once("close", () => this.#sockets.delete(socket));
      this.#prepare(socket, since);
    }
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
