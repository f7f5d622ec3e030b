import { connect, type HandlerHooks, ProtocolError, type ServerConnection } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { within } from "./support/deadline.ts";
import { openClient, rawClient, upgradeRequest } from "./support/raw-client.ts";
import { capturing, echo, gate, recordingLogger, serving, untilCounted } from "./support/serving.ts";
import { bytes, closeFrame, frame } from "./support/wire.ts";

const FAILED = { code: 1011, reason: "the handler of the connection failed" };

/** What would have taken the process down. */
function unhandled(): unknown[] {
  const errors: unknown[] = [];
  const record = (error: unknown) => void errors.push(error);
  process.on("unhandledRejection", record);
  onTestFinished(() => void process.off("unhandledRejection", record));
  return errors;
}

/** Node reports unhandled rejections at the end of a turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

describe("a function", () => {
  test.each<[name: string, handler: (ws: ServerConnection) => Promise<void> | void]>([
    ["async", async (ws) => void (await ws.send("bye"))],
    ["sync", (ws) => void ws.send("bye")],
  ])("%s: its return closes with 1000", async (_name, handler) => {
    const logger = recordingLogger();
    const server = await serving(handler, { logger });
    const client = await openClient(server.port);
    expect(await client.message()).toBe("bye");
    expect(await client.closed()).toEqual({ code: 1000, reason: "" });
    expect(logger.troubles).toEqual([]);
  });

  test.each<[name: string, error: unknown, handler: (error: unknown) => () => Promise<void> | void]>([
    ["rejects", new Error("lost"), (error) => () => Promise.reject(error)],
    ["throws", new Error("lost"), (error) => () => throwing(error)],
    ["throws a text", "lost", (error) => () => throwing(error)],
    ["throws undefined", undefined, (error) => () => throwing(error)],
  ])("that %s is logged, and closes with 1011", async (_name, error, handler) => {
    const logger = recordingLogger();
    const server = await serving(handler(error), { logger });
    expect(await (await openClient(server.port)).closed()).toEqual(FAILED);
    expect(logger.troubles).toMatchObject([
      { level: "error", message: "connection handler failed", fields: { err: error, remoteAddress: "127.0.0.1" } },
    ]);
    expect(await (await openClient(server.port)).closed()).toEqual(FAILED);
  });

  test("a logger that throws does not take the process down", async () => {
    const errors = unhandled();
    const fail = () => throwing(new Error("disk full"));
    const logger = { debug: fail, info: fail, warn: fail, error: fail };
    const server = await serving(() => throwing(new Error("lost")), { logger });
    expect(await (await openClient(server.port)).closed()).toEqual(FAILED);
    await nextTurn();
    expect(errors).toEqual([]);
  });

  test.each<[name: string, use: (ws: ServerConnection) => Promise<unknown>]>([
    ["receives", (ws) => ws.recv()],
    ["iterates", echo],
    ["sends", async (ws) => ws.waitClosed().then(() => ws.send("too late"))],
    ["pings", (ws) => ws.ping()],
    ["reads a stream", async (ws) => ws.readable.getReader().read()],
  ])("that %s on a connection that closes has not failed", async (_name, use) => {
    const logger = recordingLogger();
    const server = await serving(async (ws) => void (await use(ws)), { logger });
    const clients = [await openClient(server.port), await openClient(server.port)];
    clients[0]!.send(closeFrame(4000, "enough"));
    clients[1]!.socket.resetAndDestroy();
    await untilCounted(server, { connections: 0, closed: 2 });
    await server.close();
    expect(logger.troubles).toEqual([]);
  });

  test("that fails for another connection's sake has failed", async () => {
    const logger = recordingLogger();
    const upstream = await serving((ws) => ws.close(4000, "no"));
    const server = await serving(
      async () => {
        const ws = await connect(`ws://127.0.0.1:${upstream.port}`);
        await ws.recv();
      },
      { logger },
    );
    expect(await (await openClient(server.port)).closed()).toEqual(FAILED);
    expect(logger.troubles).toMatchObject([{ fields: { err: { code: 4000 } } }]);
  });

  test("a send that nobody awaits is no unhandled rejection", async () => {
    const errors = unhandled();
    const server = await serving(async (ws) => {
      await ws.waitClosed();
      for (let i = 0; i < 3; i++) void ws.send("into the void");
      void ws.send(["in", "fragments"]);
      void ws.ping();
      void ws.close();
      ws.sendNow("into the void");
    });
    (await openClient(server.port)).socket.resetAndDestroy();
    await untilCounted(server, { closed: 1 });
    await server.close();
    await nextTurn();
    expect(errors).toEqual([]);
  });

  test("messages that were sent with the request, and before the handler reads", async () => {
    const start = gate();
    const server = await serving(async (ws) => {
      await start.passed;
      await echo(ws);
    });
    const client = await rawClient(server.port);
    client.write(Buffer.concat([Buffer.from(upgradeRequest()), frame({ opcode: "text", payload: "one" })("server")]));
    await client.head();
    client.text("two");
    start.open();
    expect([await client.message(), await client.message()]).toEqual(["one", "two"]);
  });

  test("that throws after the connection is closed is logged, and nothing else happens", async () => {
    const logger = recordingLogger();
    const server = await serving(
      async (ws) => {
        await ws.waitClosed();
        throw new Error("clean-up failed");
      },
      { logger },
    );
    const client = await openClient(server.port);
    client.send(closeFrame(1000));
    expect(await client.closed()).toMatchObject({ code: 1000 });
    await server.close();
    expect(logger.troubles).toMatchObject([{ fields: { err: { message: "clean-up failed" } } }]);
  });
});

describe("hooks", () => {
  /** Hooks that write down what they are called with. */
  function recording(hooks: Partial<HandlerHooks> = {}) {
    const calls: unknown[][] = [];
    const closed = gate();
    const all: HandlerHooks = {
      open(ws) {
        calls.push(["open"]);
        return hooks.open?.(ws);
      },
      message(ws, message) {
        calls.push(["message", message]);
        return hooks.message?.(ws, message);
      },
      close(ws, code, reason) {
        calls.push(["close", code, reason]);
        closed.open();
        return hooks.close?.(ws, code, reason);
      },
      error(ws, error) {
        calls.push(["error", error]);
        hooks.error?.(ws, error);
      },
      ...(hooks.drain === undefined ? {} : { drain: hooks.drain }),
    };
    return { hooks: all, calls, closed: closed.passed };
  }

  test("in order: open, messages of either type, close with the peer's code and reason", async () => {
    const { hooks, calls, closed } = recording();
    const server = await serving(hooks);
    const client = await openClient(server.port);
    client.text("text").send(frame({ opcode: "binary", payload: bytes(3) }), closeFrame(4001, "done"));
    await within("the close hook", closed);
    expect(calls).toEqual([["open"], ["message", "text"], ["message", bytes(3)], ["close", 4001, "done"]]);
    expect((await client.closed()).code).toBe(4001);
  });

  test("only message is needed", async () => {
    const server = await serving({ message: (ws, message) => void ws.sendNow(message) });
    const client = await openClient(server.port);
    expect(await client.text("ahoy").message()).toBe("ahoy");
    client.send(closeFrame(1000));
    expect((await client.closed()).code).toBe(1000);
  });

  test("an async open holds back the messages", async () => {
    const opened = gate();
    const { hooks, calls, closed } = recording({ open: () => opened.passed });
    const server = await serving(hooks);
    const client = await openClient(server.port);
    client
      .text("one")
      .text("two")
      .send(frame({ opcode: "ping", payload: "heard" }));
    await client.frame({ opcode: 10 });
    expect(calls).toEqual([["open"]]);
    opened.open();
    client.send(closeFrame(1000));
    await within("the close hook", closed);
    expect(calls).toEqual([["open"], ["message", "one"], ["message", "two"], ["close", 1000, ""]]);
  });

  test("a promise holds back the next message of its connection, and of no other", async () => {
    const first = gate();
    const { hooks, calls } = recording({ message: (_ws, message) => (message === "one" ? first.passed : undefined) });
    const server = await serving(hooks);
    const [client, other] = [await openClient(server.port), await openClient(server.port)];
    client
      .text("one")
      .text("two")
      .send(frame({ opcode: "ping" }));
    await client.frame({ opcode: 10 });
    other.text("other").send(frame({ opcode: "ping" }));
    await other.frame({ opcode: 10 });
    const messages = () => calls.filter(([name]) => name === "message").map(([, message]) => message);
    expect(messages()).toEqual(["one", "other"]);
    first.open();
    await expect.poll(messages).toEqual(["one", "other", "two"]);
  });

  test("close gets 1006 where the connection was lost, and error what broke it", async () => {
    const { hooks, calls, closed } = recording();
    const server = await serving(hooks);
    (await openClient(server.port)).socket.resetAndDestroy();
    await within("the close hook", closed);
    expect(calls).toMatchObject([["open"], ["error", { code: "ECONNRESET" }], ["close", 1006, ""]]);
  });

  test("error gets the rule that a peer broke", async () => {
    const logger = recordingLogger();
    const { hooks, calls, closed } = recording();
    const server = await serving(hooks, { logger });
    const client = await openClient(server.port);
    client.send(frame({ opcode: "text", payload: "x", key: null }));
    expect(await client.closed()).toEqual({ code: 1002, reason: "a client frame is not masked" });
    await within("the close hook", closed);
    expect(calls).toMatchObject([["open"], ["error", { code: "MASK_MISSING", closeCode: 1002 }], ["close", 1006, ""]]);
    expect(calls[1]?.[1]).toBeInstanceOf(ProtocolError);
    expect(logger.troubles).toEqual([]);
  });

  test.each<[name: string, hooks: Partial<HandlerHooks>]>([
    ["open throws", { open: () => throwing(new Error("lost")) }],
    ["open rejects", { open: async () => throwing(new Error("lost")) }],
    ["message throws", { message: () => throwing(new Error("lost")) }],
    ["message rejects", { message: async () => throwing(new Error("lost")) }],
  ])("%s: error is called, it is logged, 1011", async (_name, failing) => {
    const logger = recordingLogger();
    const { hooks, calls, closed } = recording(failing);
    const server = await serving(hooks, { logger });
    const client = await openClient(server.port);
    client.text("ahoy");
    expect(await client.closed()).toEqual(FAILED);
    await within("the close hook", closed);
    expect(calls.filter(([name]) => name === "error")).toMatchObject([["error", { message: "lost" }]]);
    expect(calls.at(-1)).toEqual(["close", 1011, ""]);
    expect(logger.troubles).toMatchObject([
      { message: "connection handler failed", fields: { err: { message: "lost" } } },
    ]);
  });

  test.each<[name: string, hooks: Partial<HandlerHooks>, messages: string[]]>([
    ["close throws", { close: () => throwing(new Error("lost")) }, ["lost"]],
    ["close rejects", { close: async () => throwing(new Error("lost")) }, ["lost"]],
    [
      "error throws as well",
      { message: () => throwing(new Error("first")), error: () => throwing(new Error("second")) },
      ["second", "first"],
    ],
  ])("%s: logged, and the server goes on", async (_name, failing, messages) => {
    const errors = unhandled();
    const logger = recordingLogger();
    const { hooks, closed } = recording(failing);
    const server = await serving(hooks, { logger });
    const client = await openClient(server.port);
    client.text("ahoy").send(closeFrame(1000));
    await client.end();
    await within("the close hook", closed);
    await openClient(server.port);
    await nextTurn();
    expect(logger.troubles.map(({ fields }) => (fields["err"] as Error).message)).toEqual(messages);
    expect(errors).toEqual([]);
  });

  test("a hook that returns something else than a promise holds nothing back", async () => {
    const server = await serving({ message: (ws, message) => ws.sendNow(message) as unknown as undefined });
    const client = await openClient(server.port);
    client.text("one").text("two");
    expect([await client.message(), await client.message()]).toEqual(["one", "two"]);
  });

  test("drain tells when there is room again after sendNow() returned false", async () => {
    const drained = gate();
    const { first, handler } = capturing();
    const { hooks } = recording({ open: (ws) => void handler(ws), drain: () => drained.open() });
    const server = await serving(hooks, { writeLimit: 1_024, compression: false });
    const client = await openClient(server.port);
    client.stopReading();
    const ws = await first;
    let count = 1;
    while (ws.sendNow(new Uint8Array(65_536))) count++;
    expect(ws.bufferedAmount).toBeGreaterThan(1_024);
    await client.skim(count * (65_536 + 10));
    await within("the drain hook", drained.passed);
    expect(ws.bufferedAmount).toBe(0);
    expect(ws.sendNow("more")).toBe(true);
  });

  test("an async drain holds back the messages", async () => {
    const [begun, done] = [gate(), gate()];
    const { first, handler } = capturing();
    const { hooks, calls } = recording({
      open: (ws) => void handler(ws),
      drain: () => {
        begun.open();
        return done.passed;
      },
    });
    const server = await serving(hooks, { writeLimit: 1_024, compression: false });
    const client = await openClient(server.port);
    client.stopReading();
    const ws = await first;
    let count = 1;
    while (ws.sendNow(new Uint8Array(65_536))) count++;
    await client.skim(count * (65_536 + 10));
    await within("the drain hook", begun.passed);
    const heard = ws.ping("mark");
    client.text("one").send(frame({ opcode: "pong", payload: "mark" }));
    await within("the pong behind the message", heard);
    const messages = () => calls.filter(([name]) => name === "message").map(([, message]) => message);
    expect(messages()).toEqual([]);
    done.open();
    await expect.poll(messages).toEqual(["one"]);
  });
});

function throwing(error: unknown): never {
  throw error;
}

test("after terminate(), a hook gets nothing of what was read already", async () => {
  const seen: unknown[] = [];
  const server = await serving({
    message(ws, message) {
      seen.push(message);
      ws.terminate();
    },
  });
  const client = await connect(`ws://127.0.0.1:${server.port}`);
  for (const text of ["a", "b", "c"]) client.sendNow(text);
  await client.waitClosed();
  await untilCounted(server, { connections: 0 });
  expect(seen).toEqual(["a"]);
});
