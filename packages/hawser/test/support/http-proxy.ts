/**
 * A small HTTP proxy that only knows CONNECT.
 */

import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { certificate } from "./certificates.ts";
import { type Listening, listening } from "./servers.ts";

export interface HttpProxyOptions {
  readonly isSecure?: boolean;
  /** What is answered when the destination is reached. */
  readonly answer?: string;
  /** Where names lead; others are refused with 502. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** "user:password" */
  readonly credentials?: string;
}

export interface HttpProxy extends Listening {
  readonly requests: readonly IncomingMessage[];
}

export async function httpProxy(options: HttpProxyOptions = {}): Promise<HttpProxy> {
  const requests: IncomingMessage[] = [];
  const server = options.isSecure ? createHttpsServer(certificate) : createHttpServer();
  server.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    requests.push(request);
    socket.on("error", () => {});
    answer(request, socket, head, options);
  });
  return { ...(await listening(server as HttpServer)), requests };
}

function answer(request: IncomingMessage, socket: Socket, head: Buffer, options: HttpProxyOptions): void {
  const { credentials, hosts = {} } = options;
  const expected = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
  if (expected !== undefined && request.headers["proxy-authorization"] !== expected) {
    socket.end(
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nwho?",
    );
    return;
  }
  const { hostname, port } = new URL(`http://${request.url}`);
  const host = hosts[hostname] ?? (hostname === "127.0.0.1" ? hostname : undefined);
  if (host === undefined) {
    socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  const upstream = connect({ host, port: Number(port) }, () => {
    socket.write(options.answer ?? "HTTP/1.1 200 Connection established\r\n\r\n");
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  // Nobody reads what goes nowhere, nor that it ends
  upstream.on("error", () => socket.destroy()).on("close", () => socket.resume());
  socket.on("close", () => upstream.destroy());
}
