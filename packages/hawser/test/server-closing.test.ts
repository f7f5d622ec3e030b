import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { type CloseOptions, type ServeOptions, serve } from "hawser";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { within } from "./support/deadline.ts";
import { openClient, type RawClient, rawClient, upgradeRequest } from "./support/raw-client.ts";
import { capturing, echo, gate, idle, recordingLogger, serving, untilCounted } from "./support/serving.ts";
import { closeFrame } from "./support/wire.ts";

async function many(count: number, port: number): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, () => openClient(port)));
}

describe("close", () => {
  test("open connections get 1001, all at once; no more are accepted", async () => {
    const server = await serving(echo);
    const clients = await many(10, server.port);
    const closed = server.close();
    expect(server.isReady).toBe(false);
    expect(server.connections.size).toBe(0);
    // None of them answers before all of them are told
    const frames = await Promise.all(clients.map((client) => client.frame({ opcode: 8 })));
    expect(frames.map(({ payload }) => Buffer.from(payload).toString("hex"))).toEqual(Array(10).fill("03e9"));
    for (const client of clients) client.send(closeFrame(1001));
    await within("close", closed);
    expect(server.metrics()).toMatchObject({ connections: 0, openings: 0, closed: 10 });
    const late = connectTcp({ host: "127.0.0.1", port: server.port });
    expect((await within("refusal", once(late, "error")))[0]).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("with a code and a reason of one's own", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    const closed = server.close({ code: 4321, reason: "moved away" });
    expect(await client.closed()).toEqual({ code: 4321, reason: "moved away" });
    await within("close", closed);
  });

  test.each([
    [{ code: 1005 }, "1005"],
    [{ code: 999 }, "999"],
    [{ reason: "x".repeat(124) }, "123"],
    [
      { closeConnection: false } as CloseOptions,
      'there is no option "closeConnection", did you mean "closeConnections"?',
    ],
  ])("%o is refused, and the server goes on", async (options, message) => {
    const server = await serving(echo);
    expect(() => server.close(options)).toThrow(message);
    expect(server.isReady).toBe(true);
    expect(await (await openClient(server.port)).text("ahoy").message()).toBe("ahoy");
  });

  test.each([
    ["nothing at all", ""],
    ["half a request", "GET / HTTP/1.1\r\nHost: a\r\nUpgr"],
  ])("a client that has sent %s gets 503", async (_name, request) => {
    const server = await serving(echo);
    const client = await rawClient(server.port);
    client.write(request);
    await untilCounted(server, { openings: 1 });
    const closed = server.close();
    expect(await client.response()).toMatchObject({ status: 503, body: "This server is shutting down\n" });
    await within("close", closed);
    expect(server.metrics()).toMatchObject({ accepted: 0, refused: 1 });
  });

  test.each(["processRequest", "processResponse"])("a client whose %s runs gets 503, and no handler", async (hook) => {
    const decision = gate<undefined>();
    let runs = 0;
    const options: ServeOptions = { [hook]: () => decision.passed };
    const server = await serving(() => void runs++, options);
    const client = await rawClient(server.port);
    client.write(upgradeRequest());
    await untilCounted(server, { openings: 1 });
    const closed = server.close();
    expect((await client.response()).status).toBe(503);
    decision.open(undefined);
    await within("close", closed);
    expect(runs).toBe(0);
  });

  test("a client that does not take its 503 is cut after closeTimeout", async () => {
    const server = await serving(echo, { closeTimeout: 60 });
    const client = await rawClient({ host: "127.0.0.1", port: server.port, allowHalfOpen: true });
    await untilCounted(server, { openings: 1 });
    const closed = server.close();
    expect((await client.head()).status).toBe(503);
    await within("close", closed);
  });

  test("handlers are awaited", async () => {
    const work = gate();
    const log: string[] = [];
    const server = await serving(async (ws) => {
      await ws.waitClosed();
      log.push("connection closed");
      await work.passed;
      log.push("handler returned");
    });
    const client = await openClient(server.port);
    const closed = server.close().then(() => log.push("server closed"));
    await client.closed();
    await untilCounted(server, { connections: 0 });
    work.open();
    await within("close", closed);
    expect(log).toEqual(["connection closed", "handler returned", "server closed"]);
  });

  test.each(["open", "message", "close"])("so is the hook %s", async (name) => {
    const work = gate();
    const log: string[] = [];
    const run = async () => {
      log.push("begun");
      await work.passed;
      log.push("returned");
    };
    const server = await serving({ message: () => {}, [name]: run });
    const client = await openClient(server.port);
    client.text("ahoy");
    if (name !== "close") await expect.poll(() => log).toEqual(["begun"]);
    const closed = server.close().then(() => log.push("server closed"));
    await client.closed();
    await untilCounted(server, { connections: 0 });
    work.open();
    await within("close", closed);
    expect(log).toEqual(["begun", "returned", "server closed"]);
  });

  test("and several hooks of one connection", async () => {
    const work = [gate(), gate()];
    const log: string[] = [];
    const run = async (name: string, index: number) => {
      await work[index]?.passed;
      log.push(`${name} returned`);
    };
    const server = await serving({ message: () => {}, open: () => run("open", 0), close: () => run("close", 1) });
    const client = await openClient(server.port);
    const closed = server.close().then(() => log.push("server closed"));
    await client.closed();
    await untilCounted(server, { connections: 0 });
    work[1]?.open();
    await expect.poll(() => log).toEqual(["close returned"]);
    work[0]?.open();
    await within("close", closed);
    expect(log).toEqual(["close returned", "open returned", "server closed"]);
  });

  test("a handler that never returns is logged and given up after closeTimeout", async () => {
    const logger = recordingLogger();
    const server = await serving(() => gate().passed, { closeTimeout: 60, logger });
    const client = await openClient(server.port);
    const [closed] = [server.close(), await client.closed()];
    await within("close", closed);
    expect(logger.troubles).toMatchObject([
      {
        level: "warn",
        message: "a handler still runs after its connection closed, not waiting for it",
        fields: { closeTimeout: 60, id: expect.any(String) },
      },
    ]);
  });

  test("a client that never answers is cut after closeTimeout", async () => {
    const { handler, first } = capturing();
    const server = await serving(handler, { closeTimeout: 60 });
    const client = await openClient(server.port);
    const ws = await first;
    const closed = server.close();
    await client.frame({ opcode: 8 });
    await within("close", closed);
    expect([ws.state, ws.closeCode]).toEqual(["closed", 1006]);
    await client.end();
  });

  test("a client that does not even read is cut after closeTimeout", async () => {
    const server = await serving(
      async (ws) => {
        while (ws.sendNow(new Uint8Array(65_536)));
        await ws.waitClosed();
      },
      { closeTimeout: 60, compression: false },
    );
    (await openClient(server.port)).stopReading();
    await untilCounted(server, { connections: 1 });
    await within("close", server.close());
  });

  test("is idempotent, and waitClosed waits for it, whoever calls it", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    let isClosed = false;
    const waiting = server.waitClosed().then(() => {
      isClosed = true;
    });
    const first = server.close();
    expect(server.close({ code: 4000 })).toBe(first);
    expect(isClosed).toBe(false);
    expect((await client.closed()).code).toBe(1001);
    await within("close", Promise.all([first, waiting]));
    await within("close again", server.close());
    await within("waitClosed", server.waitClosed());
  });

  test("from within a handler", async () => {
    const server = await serving(async (ws): Promise<void> => {
      await ws.recv();
      void server.close({ code: 4000 });
      await ws.waitClosed();
    });
    const client = await openClient(server.port);
    expect((await client.text("stop").closed()).code).toBe(4000);
    await within("waitClosed", server.waitClosed());
  });

  test("at the end of an await using block", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    const disposed = server[Symbol.asyncDispose]();
    expect((await client.closed()).code).toBe(1001);
    await within("dispose", disposed);
  });

  test("other libraries' clients see 1001 and end well", async () => {
    const server = await serving(echo);
    const ws = new WebSocket(`ws://127.0.0.1:${server.port}`);
    await within("opening", once(ws, "open"));
    const [[code, reason]] = await Promise.all([within("the end", once(ws, "close")), server.close({ reason: "bye" })]);
    expect([code, String(reason)]).toEqual([1001, "bye"]);
  });
});

describe("closeConnections: false", () => {
  test("waits until the clients leave, and accepts no more", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    const opening = await rawClient(server.port);
    await untilCounted(server, { openings: 1 });
    const closed = server.close({ closeConnections: false });
    expect([server.isReady, server.connections.size]).toEqual([false, 1]);
    expect((await opening.response()).status).toBe(503);
    expect(await client.text("still served").message()).toBe("still served");
    client.send(closeFrame(1000));
    expect((await client.closed()).code).toBe(1000);
    await within("close", closed);
  });

  test("close() then closes them after all", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    const waiting = server.close({ closeConnections: false });
    expect(await client.text("still served").message()).toBe("still served");
    const closed = server.close({ code: 4000 });
    expect((await client.closed()).code).toBe(4000);
    await within("close", Promise.all([waiting, closed]));
  });
});

describe("signal", () => {
  test("aborting it closes with 1001", async () => {
    const controller = new AbortController();
    const server = await serving(echo, { signal: controller.signal });
    const client = await openClient(server.port);
    controller.abort();
    expect(server.isReady).toBe(false);
    expect((await client.closed()).code).toBe(1001);
    await within("waitClosed", server.waitClosed());
  });

  test("aborted already: the promise rejects with its reason, and nothing listens", async () => {
    const reason = new Error("not today");
    await expect(serve(echo, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test("aborted while the server begins to listen: it is closed", async () => {
    const controller = new AbortController();
    const starting = serve(echo, { signal: controller.signal });
    controller.abort();
    const server = await starting;
    expect(server.isReady).toBe(false);
    await within("waitClosed", server.waitClosed());
  });

  test("a closed server no longer listens to it", async () => {
    const listeners = new Set<unknown>();
    const { signal } = new AbortController();
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (type: string, listener: never) => {
      listeners.add(listener);
      add(type, listener);
    };
    signal.removeEventListener = (type: string, listener: never) => {
      listeners.delete(listener);
      remove(type, listener);
    };
    const server = await serving(echo, { signal });
    expect(listeners.size).toBe(1);
    await server.close();
    await expect.poll(() => listeners.size).toBe(0);
  });
});

test("server.connections are the open ones", async () => {
  const { handler, first } = capturing();
  const server = await serving(handler);
  const { connections } = server;
  expect([...connections]).toEqual([]);
  const client = await openClient(server.port);
  const ws = await first;
  const others = await many(2, server.port);
  await untilCounted(server, { connections: 3 });
  expect(server.connections).toBe(connections);
  expect([connections.size, connections.has(ws)]).toEqual([3, true]);
  const iteration = connections.values();
  void ws.close();
  expect(ws.state).toBe("closing");
  expect([connections.size, connections.has(ws)]).toEqual([2, false]);
  // Those that were open when it began
  expect([...iteration]).toHaveLength(3);
  const seen: unknown[] = [];
  connections.forEach(function (this: unknown, one, same, set) {
    seen.push([this === seen, one === same, one !== ws, set === connections]);
  }, seen);
  expect(seen).toEqual(Array(2).fill([true, true, true, true]));
  const open = [...connections];
  expect([[...connections.keys()], [...connections.entries()]]).toEqual([open, open.map((one) => [one, one])]);
  expect(server.metrics().connections).toBe(3);
  await client.closed();
  await untilCounted(server, { connections: 2 });
  for (const { socket } of others) socket.resetAndDestroy();
  await untilCounted(server, { connections: 0 });
});

test("idle handlers do not keep a closed server", async () => {
  const server = await serving(idle);
  const client = await openClient(server.port);
  const [closed] = [server.close(), await client.closed()];
  await within("close", closed);
});
