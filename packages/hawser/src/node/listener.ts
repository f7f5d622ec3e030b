/**
 * Where a server's connections come from: a listening socket of its own.
 *
 * Strips what stands before HTTP (a PROXY protocol header, TLS) and hands on transports.
 */

import { createServer, type ListenOptions, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from "node:tls";
import { readProxyHeader } from "./proxy-header.ts";
import type { ProxyAddresses } from "./proxy-protocol.ts";
import { StreamTransport } from "./stream-transport.ts";
import type { Endpoints, Transport } from "./transport.ts";

/** Takes the transports of new connections. */
export type TransportHandler = (transport: Transport, endpoints: Endpoints) => void;

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
}

export class SocketListener implements Listener {
  readonly #settings: SocketListenerSettings;
  readonly #onTransport: TransportHandler;
  readonly #server: NetServer;
  readonly #tls: TlsServer | undefined;
  /** Sockets that have not come to a transport yet. */
  readonly #sockets: Set<Socket> = new Set();
  /** For whom a proxy speaks on a socket under TLS, by the socket's own address. */
  readonly #proxied: Map<string, ProxyAddresses> = new Map();

  constructor(settings: SocketListenerSettings, onTransport: TransportHandler) {
    this.#settings = settings;
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
        resolve();
      });
    });
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

  #connected(socket: Socket): void {
    if (this.#tls === undefined && this.#settings.proxyProtocol === "off") {
      this.#accepted(socket, undefined);
      return;
    }
    this.#sockets.add(socket);
    socket.on("error", ignore).once("close", () => this.#sockets.delete(socket));
    if (this.#settings.proxyProtocol === "off") this.#secure(socket, undefined);
    else this.#readProxyHeader(socket, this.#settings.proxyProtocol);
  }

  #readProxyHeader(socket: Socket, mode: "optional" | "required"): void {
    readProxyHeader(socket, mode, this.#settings.openTimeout, (addresses) => {
      if (this.#tls === undefined) this.#accepted(socket, addresses);
      else this.#secure(socket, addresses);
    });
  }

  #accepted(socket: Socket, proxied: ProxyAddresses | undefined): void {
    this.#sockets.delete(socket);
    const transport = new StreamTransport(socket);
    this.#onTransport(transport, { ...transport.endpoints, ...proxied });
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
  #secure(socket: Socket, proxied: ProxyAddresses | undefined): void {
    const key = keyOf(socket);
    if (proxied !== undefined) this.#proxied.set(key, proxied);
    socket.once("close", () => this.#proxied.delete(key));
    this.#tls!.emit("connection", socket);
  }

  #secured(socket: TLSSocket): void {
    const transport = new StreamTransport(socket);
    this.#onTransport(transport, { ...transport.endpoints, ...this.#proxied.get(keyOf(socket)) });
  }
}

/** The same for a socket and for the TLS socket around it. */
function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function ignore(): void {}
