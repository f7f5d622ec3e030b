/**
 * Attacks on a server that is attached to an HTTP server, whose parser is not ours.
 */

import { createServer, type Server as HttpServer } from "node:http";
import { describe, expect, test, vi } from "vitest";
import type { Handler } from "../src/node/handler.ts";
import { serve } from "../src/node/serve.ts";
import type { ServeOptions } from "../src/node/serve-options.ts";
import type { Server } from "../src/node/server.ts";
import {
  Attacker,
  echo,
  expectNobodyLeft,
  expectNothingEscapes,
  frame,
  type RequestLines,
  requestOf,
} from "./support/attacker.ts";
import { listening } from "./support/servers.ts";

interface Attached {
  readonly http: HttpServer;
  readonly port: number;
  readonly server: Server;
}

async function attached(handler: Handler, options: ServeOptions = {}): Promise<Attached> {
  expectNothingEscapes();
  const { server: http, port } = await listening(createServer((_request, response) => response.end("page")));
  const server = await serve(handler, { server: http, ...options });
  return { http, port, server };
}

describe("smuggling", () => {
  const hidden = frame({ opcode: 1, payload: "smuggled" });

  test.each([
    ["a body", ["Content-Length: 14"], hidden],
    [
      "a body in chunks",
      ["Transfer-Encoding: chunked"],
      Buffer.concat([Buffer.from("e\r\n"), hidden, Buffer.from("\r\n0\r\n\r\n")]),
    ],
    ["an empty body in chunks", ["Transfer-Encoding: chunked"], Buffer.concat([Buffer.from("0\r\n\r\n"), hidden])],
  ])("%s is refused, and never read as frames", async (_name, more, body) => {
    const messages: unknown[] = [];
    const { port, server } = await attached({ message: (_ws, message) => void messages.push(message) });
    const attacker = await Attacker.connect(port);
    attacker.send(Buffer.concat([Buffer.from(requestOf({ more })), body, hidden]));
    const { status } = await attacker.response();
    expect(status).toBe(400);
    attacker.socket.destroy();
    await expectNobodyLeft(server);
    expect(messages).toEqual([]);
  });
});

test.each<readonly [string, RequestLines, number]>([
  ["the absolute form", { line: "GET http://evil.example/ HTTP/1.1" }, 400],
  ["two keys", { more: ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="] }, 400],
  ["a POST", { line: "POST / HTTP/1.1" }, 405],
  ["another page's origin", { more: ["Origin: https://evil.example"] }, 403],
  ["a protocol twice", { more: ["Sec-WebSocket-Protocol: a, a"] }, 400],
  ["another upgrade", { upgrade: "Upgrade: h2c" }, 426],
])("%s", async (_name, request, status) => {
  const { port } = await attached(echo);
  const attacker = await Attacker.connect(port);
  expect((await attacker.send(requestOf(request)).response()).status).toBe(status);
});

test("prototypes' names", async () => {
  const { port } = await attached(async (ws) => ws.send(ws.request.url.href));
  const attacker = await Attacker.open(port, {
    line: "GET /constructor HTTP/1.1",
    more: ["__proto__: 1", "constructor: 2"],
  });
  expect(Buffer.from((await attacker.frame())!.payload).toString()).toBe("http://localhost/constructor");
});

test("an upgrade that nobody takes gets 404, and who does not leave then is dropped", async () => {
  const { http, port } = await attached(echo, { pathname: "/ws" });
  const attacker = await Attacker.connect(port);
  attacker.send(requestOf({ line: "GET /elsewhere HTTP/1.1" }));
  expect((await attacker.response()).status).toBe(404);
  await vi.waitFor(async () => expect(await connectionsOf(http)).toBe(0), 10_000);
});

test("more than maxConnections", async () => {
  const { port } = await attached(echo, { maxConnections: 2 });
  await Attacker.open(port);
  await Attacker.open(port);
  const late = await Attacker.connect(port);
  expect((await late.send(requestOf()).response()).status).toBe(503);
});

test("RST in the middle leaves nothing", async () => {
  const { http, port, server } = await attached(echo);
  for (let count = 0; count < 20; count++) {
    const attacker = await Attacker.open(port);
    attacker.send(frame({ opcode: 2, payload: new Uint8Array(100_000) }).subarray(0, 50_000 + count));
    attacker.reset();
  }
  await expectNobodyLeft(server);
  await vi.waitFor(async () => expect(await connectionsOf(http)).toBe(0), 10_000);
});

function connectionsOf(http: HttpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    http.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
