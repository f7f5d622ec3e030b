/** WebSocket over HTTP/2 (RFC 8441): the client. */

import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { connect, HandshakeError } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { authority, certificate } from "./support/certificates.ts";
import { within } from "./support/deadline.ts";
import { listening, open, portOf, secure, servingHttp2 } from "./support/http2.ts";
import { echo, idle, serving } from "./support/serving.ts";

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
