/**
 * Code of the application's own that fails: in every hook, callback, logger, extension and iterable. It ends the connection
 * that it belongs to, and never the process.
 */

import { describe, expect, test, vi } from "vitest";
import type { ServerExtensionFactory } from "../src/handshake/extension-negotiation.ts";
import type { HttpResponseHead } from "../src/handshake/http-response.ts";
import { broadcast } from "../src/node/broadcast.ts";
import type { Handler, HandlerHooks } from "../src/node/handler.ts";
import type { Logger } from "../src/node/logger.ts";
import { respond } from "../src/node/respond.ts";
import type { ServeOptions } from "../src/node/serve-options.ts";
import type { Extension } from "../src/protocol/extension.ts";
import { Attacker, attackedServer, echo, expectNobodyLeft, requestOf } from "./support/attacker.ts";

class OwnError extends Error {}

function fail(): never {
  throw new OwnError("a secret of the application");
}

async function failLater(): Promise<never> {
  await new Promise((resolve) => setImmediate(resolve));
  return fail();
}

const WAYS = [
  ["throws", fail],
  ["rejects", failLater],
] as const;

/** What is no Error, and what cannot be looked at, may be thrown as well. */
const THINGS: readonly (readonly [name: string, thing: unknown])[] = [
  ["nothing", undefined],
  ["null", null],
  ["a text", "text"],
  ["an object without a prototype", Object.create(null)],
  ["a proxy that throws", new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail })],
];

describe("a handler", () => {
  test.each(WAYS)("that %s: 1011, and a line in the log", async (_name, run) => {
    const error = vi.fn();
    const server = await attackedServer(run, { logger: { debug() {}, info() {}, warn() {}, error } });
    const attacker = await Attacker.open(server.port);
    expect(await attacker.closeCode()).toBe(1011);
    expect(error).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ err: expect.any(OwnError) }),
      "connection handler failed",
    );
  });

  test.each(THINGS)("that throws %s", async (_name, thing) => {
    const server = await attackedServer(() => {
      throw thing;
    });
    expect(await (await Attacker.open(server.port)).closeCode()).toBe(1011);
  });
});

describe.each(WAYS)("a hook that %s", (_name, run) => {
  const HOOKS = ["open", "message", "drain", "close", "error"] as const;

  test.each(HOOKS)("%s", async (hook) => {
    let calls = 0;
    const hooks: HandlerHooks = {
      message(ws, message) {
        if (message === "fail") fail();
        // Enough that it must wait, for the hook `drain`
        ws.sendNow(new Uint8Array(8_000_000));
      },
      [hook]: () => {
        calls++;
        return run();
      },
    };
    const server = await attackedServer(hooks, { compression: false });
    const attacker = await Attacker.open(server.port);
    attacker.sendFrame({ opcode: 1, payload: "send" });
    if (hook === "close" || hook === "error") attacker.sendFrame({ opcode: 1, payload: "fail" });
    expect(await attacker.closeCode()).toBe(1011);
    attacker.socket.destroy();
    await expectNobodyLeft(server);
    expect(calls).toBeGreaterThan(0);
  });
});

describe("a hook that returns", () => {
  test.each<readonly [string, unknown]>([
    ["null", null],
    ["a number", 1],
    ["an object", {}],
    // biome-ignore lint/suspicious/noThenProperty: an application may return it
    ["something like a promise, which is not", { then: true }],
    // biome-ignore lint/suspicious/noThenProperty: an application may return it
    ["something like a promise, which returns nothing", { then: (done: () => void) => done() }],
  ])("%s is as one that returns nothing", async (_name, value) => {
    const result = () => value as undefined;
    const server = await attackedServer({
      open: result,
      message(ws, message) {
        ws.sendNow(message);
        return result();
      },
      close: result,
      error: result,
    });
    const attacker = await Attacker.open(server.port);
    for (const payload of ["one", "two"]) {
      attacker.sendFrame({ opcode: 1, payload });
      expect(Buffer.from((await attacker.frame())!.payload).toString()).toBe(payload);
    }
    attacker.sendFrame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) });
    expect(await attacker.closeCode()).toBe(1000);
  });
});

describe("during the handshake: 500", () => {
  const processRequest = (run: () => unknown): ServeOptions => ({ processRequest: run as () => undefined });
  const processResponse = (run: () => unknown): ServeOptions => ({ processResponse: run as () => undefined });
  const brokenBody = () =>
    new Response(new ReadableStream({ start: (controller) => controller.error(new OwnError()) }));
  const used = new Response("once");
  void used.text();

  const CASES: readonly (readonly [name: string, options: ServeOptions])[] = [
    ...WAYS.flatMap(([name, run]): (readonly [string, ServeOptions])[] => [
      [`processRequest ${name}`, processRequest(run)],
      [`processResponse ${name}`, processResponse(run)],
    ]),
    ["selectSubprotocol throws", { selectSubprotocol: fail }],
    ["selectSubprotocol returns what was not offered", { selectSubprotocol: () => "other\r\nX: y" }],
    ["selectSubprotocol returns a number", { selectSubprotocol: () => 1 as never }],
    ["an extension throws", { extensions: [{ name: "x", accept: fail }] }],
    ["an extension returns something else", { extensions: [{ name: "x", accept: () => ({}) as never }] }],
    [
      "an extension's parameter would be a header",
      { extensions: [{ name: "x", accept: () => ({ parameters: [["a", "b\r\nX: y"]], extension: marking() }) }] },
    ],
    ["processRequest returns null", processRequest(() => null)],
    ["processRequest returns a text", processRequest(() => "hello")],
    ["processRequest returns what is used up", processRequest(() => used)],
    ["processRequest returns Response.error()", processRequest(() => Response.error())],
    ["a body fails", processRequest(brokenBody)],
    ["a body fails, in place of a 101", processResponse(brokenBody)],
    ["the status is none", processRequest(() => ({ ...responseLike, status: 99_999 }))],
    ["the status is a fraction", processRequest(() => ({ ...responseLike, status: 200.5 }))],
    ["the status' text would be a header", processRequest(() => ({ ...responseLike, statusText: "OK\r\nX: y" }))],
    ["a header would be two", processRequest(() => ({ ...responseLike, headers: [["a", "b\r\nX: y"]] }))],
    ["a header's name would be two", processRequest(() => ({ ...responseLike, headers: [["a: b\r\nX", "y"]] }))],
    ["the status is none, in place of a 101", processResponse(() => ({ ...responseLike, status: 99_999 }))],
    [
      "processResponse would write a header into the status line",
      { processResponse: (_request, response) => tamper(response, { statusText: "Switching\r\nX: y" }) },
    ],
    [
      "processResponse sets a header that would be two",
      { processResponse: (_request, response) => response.headers.set("a", "b\r\nX: y") as undefined },
    ],
    [
      "processResponse puts headers in place that would be two",
      { processResponse: (_request, response) => tamper(response, { headers: [["a", "b\r\nX: y"]] }) },
    ],
  ];

  test.each(CASES)("%s", async (_name, options) => {
    const server = await attackedServer(echo, options);
    const attacker = await Attacker.connect(server.port);
    attacker.send(requestOf({ more: ["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Extensions: x"] }));
    const { status, head } = await attacker.response();
    expect(status).toBe(500);
    expect(head).not.toMatch(/^X: y/m);
    attacker.socket.destroy();
    await expectNobodyLeft(server);
  });

  test("what was thrown is for the log and not for the client", async () => {
    const server = await attackedServer(echo, { processRequest: fail });
    const attacker = await Attacker.connect(server.port);
    const body = (await attacker.send(requestOf()).untilEnd()).toString();
    expect(body.startsWith("HTTP/1.1 500 "), body).toBe(true);
    expect(body).not.toContain("secret");
  });

  const responseLike = {
    status: 200,
    statusText: "OK",
    headers: [],
    body: {},
    bodyUsed: false,
    arrayBuffer: async () => new ArrayBuffer(3),
  };

  function tamper(response: HttpResponseHead, changes: object): undefined {
    Object.assign(response, changes);
  }
});

describe("a trusted proxy's judge that throws", () => {
  test("trusts nobody", async () => {
    const server = await attackedServer(async (ws) => ws.send(String(ws.remoteAddress)), { trustProxy: fail });
    const attacker = await Attacker.open(server.port, { more: ["X-Forwarded-For: 192.0.2.1"] });
    expect(Buffer.from((await attacker.frame())!.payload).toString()).toBe("127.0.0.1");
  });
});

describe.each(WAYS)("a logger that %s", (_name, run) => {
  const logger: Logger = { debug: run, info: run, warn: run, error: run };

  test.each<readonly [string, Handler]>([
    ["with a handler that works", echo],
    ["with a handler that fails", () => Promise.reject(new OwnError())],
    ["with hooks that fail", { message: fail, open: fail, close: fail, error: fail }],
  ])("%s", async (_handler, handler) => {
    const server = await attackedServer(handler, { logger });
    const refused = await Attacker.connect(server.port);
    expect((await refused.send("nonsense\r\n\r\n").response()).status).toBe(400);
    const attacker = await Attacker.open(server.port);
    attacker.sendFrame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) });
    expect([1000, 1011]).toContain(await attacker.closeCode());
  });
});

/** An extension that does nothing, but for what it is told to do. */
function marking(changes: Partial<Extension> = {}): Extension {
  return {
    name: "x",
    parameters: new Map(),
    rsv: 0x40,
    encode: () => undefined,
    decode: (payload) => payload,
    ...changes,
  };
}

function offering(changes: Partial<Extension>): ServeOptions {
  const factory: ServerExtensionFactory = {
    name: "x",
    accept: () => ({ parameters: [], extension: marking(changes) }),
  };
  return { extensions: [factory], compression: false };
}

const OFFER = { more: ["Sec-WebSocket-Extensions: x"] };

describe("an extension that throws", () => {
  test("when it decodes: 1011", async () => {
    const error = vi.fn();
    const closed = vi.fn();
    const server = await attackedServer({ message() {}, error, close: closed }, offering({ decode: fail }));
    const attacker = await Attacker.open(server.port, OFFER);
    attacker.sendFrame({ opcode: 1, rsv: 0x40, payload: "x" });
    expect(await attacker.closeCode()).toBe(1011);
    attacker.socket.destroy();
    await expectNobodyLeft(server);
    expect(error).toHaveBeenCalledWith(expect.anything(), expect.any(OwnError));
    expect(closed).toHaveBeenCalledOnce();
  });

  test("when it decodes what came with the handshake: 1011", async () => {
    const server = await attackedServer(echo, offering({ decode: fail }));
    const attacker = await Attacker.connect(server.port);
    attacker.send(Buffer.concat([Buffer.from(requestOf(OFFER)), Buffer.from("c18100000000", "hex"), Buffer.from("x")]));
    await attacker.response();
    expect(await attacker.closeCode()).toBe(1011);
  });

  test.each<readonly [string, Handler]>([
    ["in a function", async (ws) => ws.send("x")],
    ["in a hook", { open: (ws) => ws.send("x"), message() {} }],
    ["in a hook, without waiting", { open: (ws) => void ws.sendNow("x"), message() {} }],
    ["in a message of fragments", async (ws) => ws.send(["x", "y"])],
  ])("when it encodes, %s: 1011", async (_name, handler) => {
    const server = await attackedServer(handler, offering({ encode: fail }));
    const attacker = await Attacker.open(server.port, OFFER);
    expect(await attacker.closeCode()).toBe(1011);
  });

  test("when it encodes a broadcast: the others get it", async () => {
    const server = await attackedServer(echo, offering({ encode: fail }));
    const unlucky = await Attacker.open(server.port, OFFER);
    const lucky = await Attacker.open(server.port);
    expect(broadcast(server.connections, "to all")).toEqual({ sent: 1, skipped: 0, failed: 1 });
    expect(Buffer.from((await lucky.frame())!.payload).toString()).toBe("to all");
    unlucky.socket.destroy();
  });

  test("when it is released", async () => {
    const closed = vi.fn();
    const server = await attackedServer({ message() {}, close: closed }, offering({ release: fail }));
    const attacker = await Attacker.open(server.port, OFFER);
    attacker.reset();
    await expectNobodyLeft(server);
    expect(closed).toHaveBeenCalledOnce();
  });

  test("when it is released because a hook refused", async () => {
    const server = await attackedServer(echo, {
      ...offering({ release: fail }),
      processResponse: () => respond(403, "no"),
    });
    const attacker = await Attacker.connect(server.port);
    expect((await attacker.send(requestOf(OFFER)).response()).status).toBe(403);
  });
});

describe("an iterable that fails", () => {
  function* broken(): Generator<string> {
    yield "one";
    fail();
  }
  const badIterators: readonly (readonly [string, () => Iterable<string> | AsyncIterable<string>])[] = [
    ["throws after a fragment", broken],
    ["throws at once", () => ({ [Symbol.iterator]: fail })],
    ["is asynchronous and rejects", () => ({ [Symbol.asyncIterator]: () => ({ next: failLater }) })],
    ["gives strings and bytes", () => ["a", new Uint8Array(1)] as never],
    ["gives numbers", () => ["a", 1] as never],
  ];

  test.each(badIterators)("%s: 1011 for who waits", async (_name, make) => {
    const server = await attackedServer(async (ws) => ws.send(make()));
    expect(await (await Attacker.open(server.port)).closeCode()).toBe(1011);
  });

  test.each(badIterators)("%s, and nobody waits: nothing escapes", async (_name, make) => {
    const server = await attackedServer(async (ws) => {
      void ws.send(make());
      void ws.send("behind it");
      await ws.waitClosed();
    });
    const attacker = await Attacker.open(server.port);
    await attacker.frame();
    attacker.sendFrame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) });
    await attacker.closeCode();
  });

  test("the connection is lost between two fragments: the iterable is told", async () => {
    const returned = vi.fn();
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield new Uint8Array(10_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        returned();
      }
    }
    const server = await attackedServer(async (ws) => ws.send(endless()));
    const attacker = await Attacker.open(server.port);
    await attacker.frame();
    attacker.reset();
    await vi.waitFor(() => expect(returned).toHaveBeenCalledOnce());
  });
});
