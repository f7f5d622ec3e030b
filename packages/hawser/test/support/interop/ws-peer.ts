/**
 * The peer `ws`, as a client and as a server, in this process.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Message } from "hawser";
import { type PerMessageDeflateOptions, WebSocket, WebSocketServer } from "ws";
import { authority, certificate } from "../certificates.ts";
import { Arrivals } from "./arrivals.ts";
import type { Peer, PeerClose, PeerConnection, PeerOptions, PeerServer, PeerServerOptions } from "./peer.ts";

export const wsPeer: Peer = {
  name: "ws",
  abilities: [
    "compress what it sends",
    "tell parameters of extensions",
    "decline compression",
    "set window sizes",
    "send fragments",
    "ping",
    "close with any code",
    "close without a code",
    "terminate",
  ],
  start: async () => {},
  stop: async () => {},
  connect,
  listen,
};

/** A connection that listens from the first moment, or it would lose what comes with the handshake. */
export class WsConnection implements PeerConnection {
  readonly socket: WebSocket;
  extensions: string;
  readonly #messages = new Arrivals<Message>();
  readonly #closed: Promise<PeerClose>;

  constructor(socket: WebSocket, extensions = "") {
    this.socket = socket;
    this.extensions = extensions;
    socket.on("error", () => {});
    socket.on("message", (content: Buffer, isBinary) => {
      this.#messages.push(isBinary ? new Uint8Array(content) : content.toString());
    });
    this.#closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#messages.end(new Error(`ws is closed: ${code} ${reason}`));
      });
    });
  }

  get subprotocol(): string {
    return this.socket.protocol;
  }

  async send(message: Message): Promise<void> {
    this.socket.send(message);
  }

  async sendEach(messages: readonly Message[]): Promise<void> {
    for (const message of messages) this.socket.send(message);
  }

  async sendFragments(fragments: readonly Message[]): Promise<void> {
    for (const [index, fragment] of fragments.entries()) {
      this.socket.send(fragment, { fin: index === fragments.length - 1 });
    }
  }

  receive(): Promise<Message> {
    return this.#messages.next();
  }

  receiveEach(count: number): Promise<readonly Message[]> {
    return Promise.all(Array.from({ length: count }, () => this.receive()));
  }

  async ping(payload: string): Promise<void> {
    const ponged = new Promise<void>((resolve) => {
      this.socket.on("pong", (content: Buffer) => content.toString() === payload && resolve());
    });
    this.socket.ping(payload);
    await ponged;
  }

  async close(code?: number, reason?: string): Promise<void> {
    this.socket.close(code, reason);
  }

  closed(): Promise<PeerClose> {
    return this.#closed;
  }

  async terminate(): Promise<void> {
    this.socket.terminate();
  }
}

async function connect(url: string, { subprotocols, ...options }: PeerOptions): Promise<WsConnection> {
  const socket = new WebSocket(url, [...subprotocols], { ca: authority, perMessageDeflate: deflateOptions(options) });
  const connection = new WsConnection(socket);
  socket.on("upgrade", ({ headers }) => {
    connection.extensions = headers["sec-websocket-extensions"] ?? "";
  });
  await once(socket, "open");
  return connection;
}

async function listen({ subprotocols, isSecure, ...options }: PeerServerOptions): Promise<PeerServer> {
  const http = isSecure ? createSecureServer(certificate) : createServer();
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: deflateOptions(options),
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  const accepted = new Arrivals<WsConnection>();
  let extensions = "";
  server.on("headers", (headers) => {
    extensions = headers.map((line) => /^sec-websocket-extensions: (.*)$/i.exec(line)?.[1]).find(Boolean) ?? "";
  });
  server.on("connection", (socket) => accepted.push(new WsConnection(socket, extensions)));
  await once(http.listen(0, "127.0.0.1"), "listening");
  const stop = async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    await new Promise((resolve) => http.close(resolve));
  };
  return { port: (http.address() as AddressInfo).port, accept: () => accepted.next(), stop };
}

/** Compresses whatever it sends, however short. */
function deflateOptions({
  compression,
  windowBits,
}: Omit<PeerOptions, "subprotocols">): PerMessageDeflateOptions | false {
  if (!compression) return false;
  if (windowBits === undefined) return { threshold: 0 };
  return { threshold: 0, serverMaxWindowBits: windowBits.server, clientMaxWindowBits: windowBits.client };
}
