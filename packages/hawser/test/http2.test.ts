/** WebSocket over HTTP/2 (RFC 8441): the server on `node:http2`, the client, and peers of others. */

import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
} from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import {
  type ClientConnection,
  type ConnectOptions,
  connect,
  type Handler,
  HandshakeError,
  type ServeOptions,
} from "hawser";
import { Agent, WebSocket as UndiciWebSocket } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { authority, certificate } from "./support/certificates.ts";
import { within } from "./support/deadline.ts";
import { capturing, echo, idle, serving, untilCounted } from "./support/serving.ts";
import { closeFrame, frame } from "./support/wire.ts";

/** One object: connections with the same options share a session. */
const TLS = { ca: authority };

type AnyServer = Http2SecureServer | Http2Server;

/** Listens, and counts its sessions. */
async function listening<Http2 extends AnyServer>(
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

function portOf(server: AnyServer): number {
  return (server.address() as AddressInfo).port;
}

function secure(options = {}) {
  return listening(createSecureServer({ ...certificate, ...options }));
}

/** A server of this library on an HTTP/2 server of its own. */
async function servingHttp2(handler: Handler, options: ServeOptions = {}) {
  const http2 = await secure();
  const server = await serving(handler, { server: http2, ...options });
  return { http2, server, url: `wss://localhost:${portOf(http2)}` };
}

async function open(url: string, options: ConnectOptions = {}): Promise<ClientConnection> {
  const ws = await connect(url, { http2: true, tls: TLS, ...options });
  onTestFinished(() => ws.terminate());
  return ws;
}

/** A session that nothing of this library drives. */
async function rawSession(url: string): Promise<ClientHttp2Session> {
  const session = connectHttp2(url.replace(/^ws/, "http"), { ca: authority });
  onTestFinished(() => session.destroy());
  await within("settings", once(session, "remoteSettings"));
  return session;
}

const FIELDS = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "https",
  ":path": "/",
  ":authority": "localhost",
  "sec-websocket-version": "13",
};

async function ask(session: ClientHttp2Session, fields: OutgoingHttpHeaders = {}) {
  const stream = session.request({ ...FIELDS, ...fields }, { endStream: false });
  stream.on("error", () => {});
  const [headers] = await within("an answer", once(stream, "response"));
  return { stream, headers };
}

async function read(stream: ClientHttp2Stream, length: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    if (bytes.length >= length) return bytes;
    const [chunk] = await within("bytes", once(stream, "data"));
    bytes = Buffer.concat([bytes, chunk]);
  }
}

describe("the server", () => {
  test("takes a stream for a connection", async () => {
    const { first, handler } = capturing();
    const { url, server } = await servingHttp2(handler, { subprotocols: ["a"] });
    const session = await rawSession(url);
    expect(session.remoteSettings.enableConnectProtocol).toBe(true);
    const { stream, headers } = await ask(session, { "sec-websocket-protocol": "b, a", ":path": "/x?y" });
    expect(headers).toMatchObject({ ":status": 200, "sec-websocket-protocol": "a", server: "hawser" });
    expect(headers).not.toHaveProperty("sec-websocket-accept");
    const ws = await first;
    expect(ws.request).toMatchObject({ method: "CONNECT", path: "/x?y", httpVersion: "2.0" });
    expect(ws.request.url.href).toBe("https://localhost/x?y");
    expect([ws.response.status, ws.remoteAddress, ws.isSecure]).toEqual([200, "127.0.0.1", true]);
    await ws.send("hi");
    expect((await read(stream, 4)).toString("latin1")).toBe("\x81\x02hi");
    await untilCounted(server, { connections: 1 });
    stream.close();
    await untilCounted(server, { connections: 0, closed: 1 });
  });

  test("echoes, answers Close, and ends the stream", async () => {
    const { url } = await servingHttp2(echo);
    const { stream } = await ask(await rawSession(url));
    stream.write(frame({ opcode: "text", payload: "hello" })("server"));
    expect((await read(stream, 7)).toString("latin1")).toBe("\x81\x05hello");
    stream.write(closeFrame(1000)("server"));
    expect((await read(stream, 4))[0]).toBe(0x88);
    await within("the end", once(stream, "end"));
  });

  test("does not wait for a client to end its stream, once both have sent Close", async () => {
    const { url, server } = await servingHttp2(echo, { closeTimeout: 3_600_000 });
    const session = await rawSession(url);
    const [first, second] = [(await ask(session)).stream, (await ask(session)).stream];
    first.resume().write(closeFrame(1000)("server"));
    await within("the first is gone", once(first, "close"));
    const closing = server.close();
    expect((await read(second, 4)).toString("latin1")).toBe("\x88\x02\x03\xe9");
    second.resume().write(closeFrame(1001)("server"));
    await within("the server closes", closing);
    expect([first.rstCode, second.rstCode]).toEqual([0, 0]);
  });

  test.each<[name: string, fields: OutgoingHttpHeaders, status: number]>([
    ["another origin", { origin: "https://evil.example" }, 403],
    ["another version", { "sec-websocket-version": "8" }, 426],
    ["a body", { "content-length": "5" }, 400],
    ["a path that is none", { ":path": "//x" }, 400],
    ["another path than ours", { ":path": "/other" }, 404],
    ["another protocol", { ":protocol": "connect-udp" }, 405],
  ])("refuses %s", async (_name, fields, status) => {
    const http2 = await secure();
    http2.on("request", () => {});
    const server = await serving(echo, { server: http2, pathname: fields[":path"] === "//x" ? "//x" : "/" });
    const { headers, stream } = await ask(await rawSession(`wss://localhost:${portOf(http2)}`), fields);
    expect(headers[":status"]).toBe(status);
    expect(headers).not.toHaveProperty("connection");
    stream.resume().end();
    await within("the end", once(stream, "close"));
    await untilCounted(server, { connections: 0, openings: 0 });
  });

  test("cookies that come one by one are one header", async () => {
    const { first, handler } = capturing();
    const { url } = await servingHttp2(handler);
    await ask(await rawSession(url), { cookie: ["a=1", "b=2"], "x-list": ["a", "b"] });
    const { headers } = (await first).request;
    expect([headers.getAll("cookie"), headers.get("x-list")]).toEqual([["a=1; b=2"], "a, b"]);
  });

  test.each([false, true])(
    "after its end streams are refused with 503, with requests answered: %s",
    async (answers) => {
      const http2 = await secure();
      if (answers) http2.on("request", (_request, response) => void response.end("page"));
      const url = `wss://localhost:${portOf(http2)}`;
      const server = await serving(echo, { server: http2 });
      const session = await rawSession(url);
      await server.close();
      expect((await ask(session)).headers[":status"]).toBe(503);
      if (answers) expect((await ask(session, { ":protocol": "connect-udp" })).headers[":status"]).toBe(405);
      // And the next one takes them
      await serving(echo, { server: http2 });
      expect((await ask(session)).headers[":status"]).toBe(200);
    },
  );

  test("the protocol's name may be written in any case", async () => {
    const { url } = await servingHttp2(idle);
    const { headers } = await ask(await rawSession(url), { ":protocol": "WebSocket" });
    expect(headers[":status"]).toBe(200);
  });

  test("leaves ordinary requests to the application, and takes HTTP/1.1 where that is allowed", async () => {
    const http2 = await secure({ allowHTTP1: true });
    http2.on("request", (_request, response) => void response.end("page"));
    await serving(echo, { server: http2 });
    const session = await rawSession(`wss://localhost:${portOf(http2)}`);
    const page = session.request({ ":path": "/" });
    expect(String(await read(page, 4))).toBe("page");
    const { headers } = await ask(session);
    expect(headers[":status"]).toBe(200);
    const ws = new WebSocket(`wss://localhost:${portOf(http2)}`, { ca: authority });
    onTestFinished(() => ws.terminate());
    await within("opening", once(ws, "open"));
    ws.send("by HTTP/1.1");
    const [message] = await within("a message", once(ws, "message"));
    expect(String(message)).toBe("by HTTP/1.1");
  });

  test("a reset stream is a lost connection, and the session goes on", async () => {
    const { first, handler } = capturing();
    const { url } = await servingHttp2(handler);
    const session = await rawSession(url);
    const { stream } = await ask(session);
    const ws = await first;
    stream.close(8);
    await within("closed", ws.waitClosed());
    expect(ws.closeCode).toBe(1006);
    expect((await ask(session)).headers[":status"]).toBe(200);
  });

  test("the application's close of its server closes the connections with 1001", async () => {
    const { url, http2 } = await servingHttp2(idle);
    const ws = await open(url);
    http2.close();
    await within("closed", ws.waitClosed());
    expect(ws.closeCode).toBe(1001);
  });

  test("reading stops while the application does not read, for this connection alone", async () => {
    const { first, handler } = capturing();
    const { url } = await servingHttp2(handler, { compression: false });
    const ws = await open(url, { compression: false });
    const other = await open(url);
    const server = await first;
    const message = new Uint8Array(60_000);
    for (let i = 0; i < 100; i++) void ws.send(message);
    const allSent = ws.send(message);
    for (let i = 0; i < 20; i++) await other.ping();
    expect(ws.bufferedAmount).toBeGreaterThan(3_000_000);
    for (let i = 0; i < 101; i++) expect(await server.recv()).toHaveLength(60_000);
    await allSent;
  });
});

describe("the client", () => {
  test("many connections are streams of one session, which closes behind the last", async () => {
    const { url, http2 } = await servingHttp2(echo);
    const connections = await Promise.all(Array.from({ length: 20 }, () => open(url)));
    expect(http2.sessions.size).toBe(1);
    const [first] = connections;
    expect(first!.request).toMatchObject({ method: "CONNECT", httpVersion: "2.0" });
    expect(first!.response.status).toBe(200);
    expect([first!.remoteAddress, first!.extensions[0]?.name]).toEqual(["127.0.0.1", "permessage-deflate"]);
    for (const [index, ws] of connections.entries()) {
      await ws.send(`message ${index}`);
      expect(await ws.recv()).toBe(`message ${index}`);
    }
    for (const ws of connections) await ws.close();
    await expect.poll(() => http2.sessions.size).toBe(0);
  });

  test("large messages both ways", async () => {
    const { url } = await servingHttp2(echo, { maxSize: 4_000_000 });
    const ws = await open(url, { maxSize: 4_000_000 });
    const message = crypto.getRandomValues(new Uint8Array(65_536));
    const large = Uint8Array.from({ length: 3_000_000 }, (_, index) => message[index & 65_535]! ^ (index >> 16));
    await ws.send(large);
    expect(Buffer.compare((await ws.recv()) as Uint8Array, large)).toBe(0);
  });

  test("another session where the first has no room, or other options", async () => {
    const http2 = await secure({ settings: { maxConcurrentStreams: 2 } });
    await serving(idle, { server: http2 });
    const url = `wss://localhost:${portOf(http2)}`;
    for (let i = 0; i < 3; i++) await open(url);
    expect(http2.sessions.size).toBe(2);
    await open(url, { tls: { ca: authority } });
    expect(http2.sessions.size).toBe(3);
  });

  test("those that open at once spread over as many sessions as they need", async () => {
    const http2 = await secure({ settings: { maxConcurrentStreams: 2 } });
    await serving(echo, { server: http2 });
    const url = `wss://localhost:${portOf(http2)}`;
    const connections = await Promise.all(Array.from({ length: 5 }, () => open(url)));
    expect(http2.sessions.size).toBe(3);
    for (const ws of connections) await ws.close();
    await expect.poll(() => http2.sessions.size).toBe(0);
  });

  test("a server that takes no streams is a HandshakeError", async () => {
    const http2 = await secure({ settings: { maxConcurrentStreams: 0 } });
    await serving(echo, { server: http2 });
    await expect(open(`wss://localhost:${portOf(http2)}`)).rejects.toThrow(/takes no stream/);
  });

  test("a server that never says what it can is let go with the last who waits", async () => {
    const sockets: Socket[] = [];
    const silent = createTcpServer((socket) => sockets.push(socket.on("error", () => {}).resume()));
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const attempts = [1, 2].map(() => connect(url, { http2: true, openTimeout: 100 }));
    for (const attempt of attempts) await expect(attempt).rejects.toThrow(/within openTimeout/);
    await expect.poll(() => sockets.map(({ closed }) => closed)).toEqual([true]);
  });

  test("without TLS", async () => {
    const http2 = await listening(createServer());
    await serving(echo, { server: http2 });
    const ws = await open(`ws://127.0.0.1:${portOf(http2)}`, { tls: {} });
    await ws.send("plain");
    expect(await ws.recv()).toBe("plain");
  });

  test("a refusal has its body", async () => {
    const { url } = await servingHttp2(echo, { processRequest: () => new Response("not you", { status: 403 }) });
    const error = await open(url).catch((reason: unknown) => reason as HandshakeError);
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ code: "HANDSHAKE_REFUSED", response: { status: 403 } });
    expect((error as HandshakeError).response?.text()).toBe("not you");
  });

  test.each<[name: string, start: () => Promise<number>, text: string]>([
    [
      "no extended CONNECT",
      async () => portOf(await secure()),
      "does not offer WebSocket over HTTP/2 (RFC 8441); connect without the option http2",
    ],
    [
      "no HTTP/2",
      async () => (await serving(echo, { tls: { ...certificate, ALPNProtocols: undefined } as object })).port,
      "the server does not speak HTTP/2; connect without the option http2",
    ],
  ])("a server with %s is a HandshakeError that says what to do", async (_name, start, text) => {
    await expect(open(`wss://localhost:${await start()}`)).rejects.toThrow(text);
  });

  test("no answer within openTimeout; the next attempt is not hindered by it", async () => {
    let answers = false;
    const { url, http2 } = await servingHttp2(echo, {
      processRequest: () => (answers ? undefined : new Promise(() => {})),
    });
    await expect(open(url, { openTimeout: 200 })).rejects.toThrow(/within openTimeout/);
    answers = true;
    const ws = await open(url);
    await ws.send("now");
    expect(await ws.recv()).toBe("now");
    expect(http2.sessions.size).toBe(1);
  });

  test("the signal ends an opening, and not that of another", async () => {
    const silent = createHttpServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const { url } = await servingHttp2(echo);
    const controller = new AbortController();
    const aborted = open(url, { signal: controller.signal });
    const other = open(url);
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    const ws = await other;
    await ws.send("still here");
    expect(await ws.recv()).toBe("still here");
  });

  test("a server that goes away is a lost connection", async () => {
    const { url, http2 } = await servingHttp2(idle);
    const ws = await open(url);
    for (const session of http2.sessions) session.destroy();
    await within("closed", ws.waitClosed());
    expect(ws.closeCode).toBe(1006);
  });
});

test("undici's client", async () => {
  const { url } = await servingHttp2(echo);
  const dispatcher = new Agent({ allowH2: true, connect: { ca: authority } });
  onTestFinished(() => dispatcher.destroy());
  const ws = new UndiciWebSocket(url, { dispatcher });
  const opened = new Promise((resolve, reject) => {
    ws.addEventListener("open", resolve);
    ws.addEventListener("error", ({ error }) => reject(error));
  });
  await within("opening", opened);
  const message = new Promise((resolve) => ws.addEventListener("message", ({ data }) => resolve(data)));
  ws.send("hello");
  expect(await within("a message", message)).toBe("hello");
  ws.close();
});
