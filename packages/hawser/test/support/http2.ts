/** Servers and clients over HTTP/2, for tests. */

import { once } from "node:events";
import { createSecureServer, type Http2SecureServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { type ClientConnection, type ConnectOptions, connect, type Handler, type ServeOptions } from "hawser";
import { onTestFinished } from "vitest";
import { authority, certificate } from "./certificates.ts";
import { serving } from "./serving.ts";

/** One object: connections with the same options share a session. */
export const TLS = { ca: authority };

export type AnyServer = Http2SecureServer | Http2Server;

/** Listens, and counts its sessions. */
export async function listening<Http2 extends AnyServer>(
  server: Http2,
): Promise<Http2 & { sessions: Set<ServerHttp2Session> }> {
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session: ServerHttp2Session) => {
    sessions.add(session.on("error", () => {}));
    session.once("close", () => sessions.delete(session));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return Object.assign(server, { sessions });
}

export function portOf(server: AnyServer): number {
  return (server.address() as AddressInfo).port;
}

export function secure(options = {}) {
  return listening(createSecureServer({ ...certificate, ...options }));
}

/** A server of this library on an HTTP/2 server of its own. */
export async function servingHttp2(handler: Handler, options: ServeOptions = {}) {
  const http2 = await secure();
  const server = await serving(handler, { server: http2, ...options });
  return { http2, server, url: `wss://localhost:${portOf(http2)}` };
}

export async function open(url: string, options: ConnectOptions = {}): Promise<ClientConnection> {
  const ws = await connect(url, { http2: true, tls: TLS, ...options });
  onTestFinished(() => ws.terminate());
  return ws;
}
