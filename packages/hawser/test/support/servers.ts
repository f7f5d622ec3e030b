/**
 * Servers for a test on the loopback interface, stopped when it ends.
 */

import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { onTestFinished } from "vitest";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import { certificate } from "./certificates.ts";

export interface Listening<Kind extends Server = Server> {
  readonly server: Kind;
  readonly port: number;
  /** The sockets that are open now. */
  readonly sockets: ReadonlySet<Socket>;
}

/** Listens on a free port of 127.0.0.1 unless told otherwise. When the test ends, everything still open is destroyed. */
export async function listening<Kind extends Server>(
  server: Kind,
  options: ListenOptions = { host: "127.0.0.1", port: 0 },
): Promise<Listening<Kind>> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  server.listen(options);
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return { server, port: typeof address === "object" ? (address as AddressInfo).port : 0, sockets };
}

/** Resolves once the server has seen all connections end. */
export async function allClosed({ sockets }: Pick<Listening, "sockets">): Promise<void> {
  await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))));
}

/** A server of raw sockets. `onHead` is called when a whole HTTP head has arrived, with its text. */
export function rawServer(
  onHead: (head: string, socket: Socket) => void,
  { isSecure = false }: { readonly isSecure?: boolean } = {},
): Promise<Listening> {
  const onSocket = (socket: Socket) => {
    let received = "";
    socket
      .on("error", () => {})
      .on("data", function read(bytes: Buffer) {
        received += bytes.toString("latin1");
        if (!received.includes("\r\n\r\n")) return;
        socket.off("data", read);
        onHead(received, socket);
      });
  };
  return listening(isSecure ? createTlsServer(certificate, onSocket) : createServer(onSocket));
}

export interface Echo {
  readonly server: WebSocketServer;
  readonly port: number;
  /** The heads of the requests that were answered, newest last. */
  readonly requests: readonly { readonly url: string; readonly headers: NodeJS.Dict<string | string[]> }[];
}

/** A server that sends back each message, made by another library. Closes with the code that a message "close 4000" names. */
export async function echoServer(
  options: ServerOptions & { readonly isSecure?: boolean; readonly listen?: ListenOptions } = {},
): Promise<Echo> {
  const { isSecure = false, listen, ...rest } = options;
  const http = isSecure ? createHttpsServer(certificate) : createHttpServer();
  const { port } = await listening(http as unknown as HttpServer, listen);
  const server = new WebSocketServer({ ...rest, server: http });
  const requests: Echo["requests"][number][] = [];
  server.on("connection", (socket: WebSocket, request) => {
    requests.push({ url: request.url ?? "", headers: request.headers });
    socket.on("error", () => {});
    socket.on("message", (message, isBinary) => {
      const text = String(message);
      if (text.startsWith("close ")) socket.close(Number(text.slice(6)), "as asked");
      else socket.send(message, { binary: isBinary });
    });
  });
  onTestFinished(() => server.close());
  return { server, port, requests };
}

/** An HTTP server that knows nothing of WebSocket. */
export function httpServer(listener: RequestListener): Promise<Listening<HttpServer>> {
  const server = createHttpServer(listener);
  server.on("upgrade", (request, socket) => {
    // Without a response object of its own, an upgrade is answered by hand
    socket.on("error", () => {});
    listener(request, new RawResponse(socket as Socket) as never);
  });
  return listening(server);
}

class RawResponse {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  writeHead(status: number, headers: Record<string, string> = {}): this {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(`HTTP/1.1 ${status} Text\r\n${lines.join("")}Connection: close\r\n\r\n`);
    return this;
  }

  end(body = ""): void {
    this.#socket.end(body);
  }
}
