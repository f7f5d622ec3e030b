/** WebSocket over HTTP/2 (RFC 8441): the server on `node:http2`, and peers of others. */

import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type OutgoingHttpHeaders,
} from "node:http2";
import { Agent, WebSocket as UndiciWebSocket } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { authority } from "./support/certificates.ts";
import { within } from "./support/deadline.ts";
import { open, portOf, secure, servingHttp2 } from "./support/http2.ts";
import { capturing, echo, idle, serving, untilCounted } from "./support/serving.ts";
import { closeFrame, frame } from "./support/wire.ts";

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
