/**
 * Opening handshakes by somebody who means harm: every one is answered or dropped, and the next client is served.
 */

import { describe, expect, test, vi } from "vitest";
import {
  Attacker,
  attackedServer,
  echo,
  expectAlive,
  expectNobodyLeft,
  frame,
  KEY,
  openDescriptors,
  type RequestLines,
  requestOf,
} from "./support/attacker.ts";

function withLines(...more: readonly string[]): RequestLines {
  return { more };
}

function extensions(value: string): RequestLines {
  return withLines(`Sec-WebSocket-Extensions: ${value}`);
}

function protocols(value: string): RequestLines {
  return withLines(`Sec-WebSocket-Protocol: ${value}`);
}

const many = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, at) => line(at));

type Row = readonly [name: string, request: RequestLines | string, status: number];

const REFUSED: readonly Row[] = [
  ["2,000 headers", withLines(...many(2_000, (at) => `X-${at}: 1`)), 431],
  ["129 headers", withLines(...many(124, (at) => `X-${at}: 1`)), 431],
  ["a header of 1 MB", withLines(`Cookie: ${"a".repeat(1_000_000)}`), 431],
  ["a header's name of 1 MB", withLines(`${"a".repeat(1_000_000)}: 1`), 431],
  ["spaces before a value, 1 MB", withLines(`Cookie:${" ".repeat(1_000_000)}`), 431],
  ["headers of 100 kB together", withLines(...many(100, (at) => `X-${at}: ${"a".repeat(1_000)}`)), 431],
  ["a target of 1 MB", { line: `GET /${"a".repeat(1_000_000)} HTTP/1.1` }, 414],
  ["a method of 1 MB", { line: `${"A".repeat(1_000_000)} / HTTP/1.1` }, 414],
  ["a version of 1 MB", { line: `GET / HTTP/1.${"1".repeat(1_000_000)}` }, 414],
  ["the target *", { line: "GET * HTTP/1.1" }, 400],
  ["the target //", { line: "GET // HTTP/1.1" }, 400],
  ["a target that is another host", { line: "GET //evil.example/ HTTP/1.1" }, 400],
  ["the target /%", { line: "GET /% HTTP/1.1" }, 400],
  ["a target with a broken escape", { line: "GET /a%2g HTTP/1.1" }, 400],
  ["the absolute form", { line: "GET http://localhost/ HTTP/1.1" }, 400],
  ["the absolute form with credentials", { line: "GET ws://a:b@localhost/ HTTP/1.1" }, 400],
  ["CONNECT", { line: "CONNECT example.com:443 HTTP/1.1" }, 400],
  ["a target with NUL", { line: "GET /\0 HTTP/1.1" }, 400],
  ["a target that is not ASCII", { line: "GET /\xe9 HTTP/1.1" }, 400],
  ["Content-Length", withLines("Content-Length: 5"), 400],
  ["Content-Length twice", withLines("Content-Length: 0", "Content-Length: 0"), 400],
  ["a negative Content-Length", withLines("Content-Length: -1"), 400],
  ["chunked", withLines("Transfer-Encoding: chunked"), 400],
  ["both", withLines("Content-Length: 5", "Transfer-Encoding: chunked"), 400],
  ["identity", withLines("Transfer-Encoding: identity"), 400],
  ["an obscured Transfer-Encoding", withLines("Transfer-Encoding : chunked"), 400],
  ["a tab before the colon", withLines("Transfer-Encoding\t: chunked"), 400],
  ["a folded header", withLines("X: a", " b"), 400],
  ["a header folded with a tab", withLines("X: a", "\tb"), 400],
  ["a folded first header", { line: "GET / HTTP/1.1\r\n X: a" }, 400],
  ["bare LF", requestOf().replaceAll("\r\n", "\n"), 400],
  ["bare LF after one line", requestOf().replace("localhost\r\n", "localhost\n"), 400],
  ["bare CR", requestOf().replace("localhost\r\n", "localhost\r"), 400],
  ["CR CR LF", requestOf().replace("localhost\r\n", "localhost\r\r\n"), 400],
  ["NUL in a value", withLines("X: a\0b"), 400],
  ["NUL in a name", withLines("X\0: a"), 400],
  ["no colon", withLines("Nonsense"), 400],
  ["no name", withLines(": value"), 400],
  ["HTTP/1.0", { line: "GET / HTTP/1.0" }, 400],
  ["HTTP/2.0", { line: "GET / HTTP/2.0" }, 505],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["a TLS hello", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 400],
  ["no Host", { host: undefined }, 400],
  ["two Hosts", withLines("Host: elsewhere"), 400],
  ["a Host with a path", { host: "Host: localhost/evil" }, 400],
  ["no key", { key: undefined }, 400],
  ["two keys", withLines(`Sec-WebSocket-Key: ${KEY}`), 400],
  ["a key of 15 bytes", { key: `Sec-WebSocket-Key: ${"A".repeat(20)}` }, 400],
  ["a key of 8 kB", { key: `Sec-WebSocket-Key: ${"A".repeat(8_000)}` }, 400],
  ["two versions", withLines("Sec-WebSocket-Version: 13"), 400],
  ["version 8", { version: "Sec-WebSocket-Version: 8" }, 426],
  ["another page's origin", withLines("Origin: https://evil.example"), 403],
  ["a sandboxed page", withLines("Origin: null"), 403],
  ["a prefix of the host", withLines("Origin: http://local"), 403],
  ["the host as a subdomain", withLines("Origin: http://localhost.evil.example"), 403],
  ["the host as a user", withLines("Origin: http://localhost@evil.example"), 403],
  ["two origins", withLines("Origin: http://localhost", "Origin: http://localhost"), 400],
  ["a list of protocols with holes of spaces", protocols(`a${" ".repeat(8_000)}b`), 400],
  ["a protocol twice", protocols("a, a"), 400],
  ["protocols that are not ASCII", protocols("caf\xe9"), 400],
  ["extensions that are not ASCII", extensions("caf\xe9"), 400],
  ["an unclosed quote", extensions(`a; b="${"\\".repeat(8_000)}`), 400],
  ["quotes without an end", extensions(`a; b="${'\\"'.repeat(4_000)}`), 400],
  ["4,000 extensions", extensions("a,".repeat(4_000)), 400],
  ["4,000 parameters", extensions(`a${";a".repeat(4_000)}`), 400],
  ["no extension", extensions(",,,,"), 400],
];

const ACCEPTED: readonly Row[] = [
  ["extensions that are names of prototypes", extensions("constructor, __proto__, toString; hasOwnProperty"), 101],
  ["a parameter __proto__", extensions("permessage-deflate; __proto__=1, permessage-deflate; constructor"), 101],
  ["protocols that are names of prototypes", protocols("constructor, __proto__, toString, valueOf"), 101],
  ["headers that are names of prototypes", withLines("__proto__: 1", "constructor: 1", "hasOwnProperty: 1"), 101],
  ["a window of 7 bits", extensions("permessage-deflate; server_max_window_bits=7"), 101],
  ["a window of 99 bits", extensions("permessage-deflate; client_max_window_bits=99"), 101],
  ["a window of 1e1 bits", extensions("permessage-deflate; client_max_window_bits=1e1"), 101],
  ["a window without bits", extensions("permessage-deflate; server_max_window_bits"), 101],
  ["a parameter twice", extensions("permessage-deflate; client_max_window_bits; client_max_window_bits"), 101],
  ["holes in a list", extensions(`${",".repeat(8_000)}permessage-deflate`), 101],
  ["a % in the query", { line: "GET /?100% HTTP/1.1" }, 101],
  ["the target /..", { line: "GET /../../etc/passwd HTTP/1.1" }, 101],
];

function textOf(request: RequestLines | string): Buffer {
  return Buffer.from(typeof request === "string" ? request : requestOf(request), "latin1");
}

describe("refused", () => {
  test.each(REFUSED)("%s", async (_name, request, status) => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.connect(server.port);
    const response = await attacker.send(textOf(request)).response();
    expect(response.status).toBe(status);
    expect(response.head).toMatch(/\r\nConnection: (?:.*, )?close(?:\r\n|$)/);
    attacker.socket.destroy();
    await expectAlive(server);
  });

  test("version 8 is told which one to use", async () => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.connect(server.port);
    const { head } = await attacker.send(requestOf({ version: "Sec-WebSocket-Version: 8" })).response();
    expect(head).toContain("\r\nSec-WebSocket-Version: 13\r\n");
  });

  test.each(REFUSED.slice(0, 5))("%s, a byte at a time where it counts", async (_name, request, status) => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.connect(server.port);
    const bytes = textOf(request);
    for (const byte of bytes.subarray(0, 200)) attacker.send(Uint8Array.of(byte));
    expect((await attacker.send(bytes.subarray(200)).response()).status).toBe(status);
  });
});

describe("answered as any other", () => {
  test.each(ACCEPTED)("%s", async (_name, request) => {
    const server = await attackedServer(async (ws) => {
      // What an application does first with a request
      await ws.send(`${ws.request.url.host} ${[...ws.request.headers].length > 0}`);
      for await (const message of ws) await ws.send(message);
    });
    const attacker = await Attacker.open(server.port, request as RequestLines);
    expect(Buffer.from((await attacker.frame())!.payload).toString()).toBe("localhost true");
    attacker.sendFrame({ opcode: 1, payload: "hello" });
    expect((await attacker.frame())?.payload.length).toBe(5);
  });
});

describe("smuggling", () => {
  const hidden = frame({ opcode: 1, payload: "smuggled" });

  test.each([
    ["a body", ["Content-Length: 100"]],
    ["a body of no length", ["Content-Length: 0, 0"]],
    ["chunks", ["Transfer-Encoding: chunked"]],
    ["both", ["Content-Length: 14", "Transfer-Encoding: chunked"]],
  ])("%s: what follows is never read as frames", async (_name, more) => {
    const messages: unknown[] = [];
    const server = await attackedServer({ message: (_ws, message) => void messages.push(message) });
    const attacker = await Attacker.connect(server.port);
    attacker.send(Buffer.concat([Buffer.from(requestOf({ more })), hidden]));
    expect((await attacker.response()).status).toBe(400);
    attacker.send(hidden).send(requestOf()).send(hidden).socket.end();
    const rest = await attacker.untilEnd();
    expect(rest.toString("latin1")).not.toContain("HTTP/1.1");
    await expectNobodyLeft(server);
    expect(messages).toEqual([]);
  });

  test("a second request behind a refused one is not answered", async () => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.connect(server.port);
    attacker.send(`GET /first HTTP/1.1\r\nHost: a\r\n\r\n${requestOf()}`);
    expect((await attacker.response()).status).toBe(426);
    expect((await attacker.untilEnd()).toString("latin1")).not.toContain("101");
  });
});

describe("slowly or not at all", () => {
  const STAGES: readonly (readonly [name: string, sent: string])[] = [
    ["nothing", ""],
    ["half a request line", "GET /"],
    ["a request line", "GET / HTTP/1.1\r\n"],
    ["half a header", "GET / HTTP/1.1\r\nHost: loc"],
    ["everything but the last byte", requestOf().slice(0, -1)],
  ];

  test.each(STAGES)("%s, then silence: 408 by openTimeout", async (_name, sent) => {
    const server = await attackedServer(echo, { openTimeout: 100 });
    const attacker = await Attacker.connect(server.port);
    expect((await attacker.send(sent).response()).status).toBe(408);
    attacker.socket.destroy();
    await expectNobodyLeft(server);
  });

  test("a header every now and then, without an end: 408 by openTimeout", async () => {
    const server = await attackedServer(echo, { openTimeout: 200 });
    const attacker = await Attacker.connect(server.port);
    attacker.send("GET / HTTP/1.1\r\n");
    const drip = setInterval(() => attacker.send("X: y\r\n"), 10);
    const { status } = await attacker.response();
    clearInterval(drip);
    expect(status).toBe(408);
  });

  test("who does not take the answer and does not leave is dropped all the same", async () => {
    const server = await attackedServer(echo, { openTimeout: 50, closeTimeout: 200 });
    const before = openDescriptors();
    const attackers = await Promise.all(Array.from({ length: 20 }, () => Attacker.connect(server.port)));
    for (const { socket } of attackers) socket.pause();
    await vi.waitFor(() => expect(server.metrics().refused).toBe(20), 5_000);
    await expectNobodyLeft(server);
    for (const { socket } of attackers) socket.destroy();
    await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before), 5_000);
  });

  test("a hook that never answers", async () => {
    const server = await attackedServer(echo, { openTimeout: 100, processRequest: () => new Promise(() => {}) });
    const attacker = await Attacker.connect(server.port);
    expect((await attacker.send(requestOf()).response()).status).toBe(408);
  });

  test("a flood of early frames behind a hook that takes its time waits in the kernel", async () => {
    let decide: () => void = () => {};
    const decision = new Promise<undefined>((resolve) => {
      decide = () => resolve(undefined);
    });
    let received = 0;
    const server = await attackedServer(
      {
        message(_ws, message) {
          received += message.length;
        },
      },
      { processRequest: () => decision },
    );
    const attacker = await Attacker.connect(server.port);
    attacker.send(requestOf());
    const message = frame({ opcode: 2, payload: new Uint8Array(100_000) });
    for (let count = 0; count < 320; count++) attacker.send(message);
    await new Promise((resolve) => setTimeout(resolve, 50));
    // The loopback's own buffers hold some megabytes: the rest has not left the client
    expect(attacker.socket.writableLength).toBeGreaterThan(16_000_000);
    decide();
    attacker.sendFrame({ opcode: 8 });
    expect((await attacker.response()).status).toBe(101);
    expect(await attacker.closeCode()).toBe(1005);
    expect(received).toBe(32_000_000);
  });
});

describe("too many", () => {
  test("silent clients are refused beyond maxConnections, and the next one is served when they are gone", async () => {
    const server = await attackedServer(echo, { maxConnections: 10, openTimeout: 300 });
    const silent = await Promise.all(Array.from({ length: 40 }, () => Attacker.connect(server.port)));
    const statuses = await Promise.all(silent.map(async (attacker) => (await attacker.response()).status));
    for (const { socket } of silent) socket.destroy();
    expect(statuses.filter((status) => status === 503).length).toBe(30);
    expect(statuses.filter((status) => status === 408).length).toBe(10);
    await expectNobodyLeft(server);
    await expectAlive(server);
  });

  test("connections beyond maxConnections get 503 with Retry-After, those that are open go on", async () => {
    const server = await attackedServer(echo, { maxConnections: 10 });
    const open = await Promise.all(Array.from({ length: 10 }, () => Attacker.open(server.port)));
    for (let round = 0; round < 50; round++) {
      const late = await Attacker.connect(server.port);
      const { status, head } = await late.send(requestOf()).response();
      expect(status).toBe(503);
      expect(head).toMatch(/\r\nRetry-After: \d+/);
      late.socket.destroy();
    }
    for (const attacker of open) {
      attacker.sendFrame({ opcode: 1, payload: "x" });
      expect((await attacker.frame())?.payload).toEqual(Uint8Array.of(0x78));
      attacker.socket.destroy();
    }
    await expectNobodyLeft(server);
    await expectAlive(server);
  });

  test("of one address, beyond maxConnectionsPerAddress", async () => {
    const server = await attackedServer(echo, { maxConnectionsPerAddress: 3 });
    for (let count = 0; count < 3; count++) await Attacker.open(server.port);
    const late = await Attacker.connect(server.port);
    expect((await late.send(requestOf()).response()).status).toBe(503);
  });
});
