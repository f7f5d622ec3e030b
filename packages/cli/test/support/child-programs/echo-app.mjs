/**
 * An app as process managers and routers find it: it listens where the environment says, echoes, answers health checks and
 * closes at SIGTERM. `?` is answered with the process's id, and `!` is not answered. Its parent, where there is one to talk to, counts its
 * connections and makes it unready.
 */

import { readFileSync } from "node:fs";
import { createServer } from "node:http2";
import { healthChecks, listenFds, respond, serve, shutdownOn } from "hawser";

const { PORT, SOCKET, REUSE_PORT, PROXY_PROTOCOL, HTTP2, TLS, PING_INTERVAL, COMPRESSION, STARTED } = process.env;
const [activated] = listenFds();

function place() {
  if (activated !== undefined) return { fd: activated.fd };
  if (SOCKET !== undefined) return { path: SOCKET, mode: 0o666 };
  return { host: "127.0.0.1", port: Number(PORT), reusePort: REUSE_PORT === "1" };
}

let server;
const checks = healthChecks(() => server);
const http2 = HTTP2 === "1" ? createServer() : undefined;

server = await serve(
  {
    message(ws, message) {
      if (message !== "!") return ws.send(message === "?" ? String(process.pid) : message);
    },
  },
  {
    ...(http2 === undefined ? place() : { server: http2 }),
    // A chain, and its key beside it
    ...(TLS === undefined
      ? {}
      : { tls: { cert: readFileSync(TLS), key: readFileSync(TLS.replace(".pem", "-key.pem")) } }),
    // On a Unix socket the router has no address
    ...(PROXY_PROTOCOL === "1"
      ? { proxyProtocol: "required" }
      : { trustProxy: SOCKET === undefined ? ["loopback"] : 1 }),
    pingInterval: Number(PING_INTERVAL ?? 20_000),
    compression: COMPRESSION === "none" ? false : "deflate",
    maxSize: 2 ** 21,
    async processRequest(request, connection) {
      if (request.url.pathname === "/who") return respond(200, connection.remoteAddress ?? "nobody");
      return checks(request, connection);
    },
  },
);

// Of a server of one's own, requests that are no WebSockets are its own matter
http2?.on("request", (request, response) => {
  if (request.method === "CONNECT") return;
  if (request.url === "/who") response.end(String(request.headers["x-forwarded-for"]));
  else response.writeHead(server.isReady ? 200 : 503).end();
});
// A router keeps its sessions for later, and so would they keep this process
const sessions = new Set();
http2?.on("session", (session) => {
  sessions.add(session);
  session.on("close", () => sessions.delete(session));
});
if (http2 !== undefined) await new Promise((resolve) => http2.listen({ ...place() }, resolve));

shutdownOn(server);
void server.waitClosed().then(() => {
  http2?.close();
  for (const session of sessions) session.close();
  process.disconnect?.();
});

process.on("message", (message) => {
  if (message === "count") process.send({ count: server.connections.size });
  // Takes connections all the same: it is the router that must notice
  if (message === "unready") void server.drain({ notReady: 600_000 });
  // What a router learns that does not ask for health
  if (message === "refuse") void server.drain({ notReady: 0, window: 86_400_000 });
});
// Its parent ended without it
process.on("disconnect", () => process.exit());
process.send?.("listening");
if (STARTED !== undefined) console.log("started", process.pid);
