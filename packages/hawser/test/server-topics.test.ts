import { type Connection, connect, type PublishOptions, type Server, type ServerConnection } from "hawser";
import { connectedPair } from "hawser/testing";
import { describe, expect, test } from "vitest";
import { openClient, type RawClient } from "./support/raw-client.ts";
import { idle, serving, untilCounted } from "./support/serving.ts";

interface Audience {
  readonly server: Server;
  readonly clients: readonly RawClient[];
  readonly connections: readonly ServerConnection[];
}

/** A server, clients of it, and their connections in the same order. */
async function audience(count: number, options: Parameters<typeof serving>[1] = {}): Promise<Audience> {
  const server = await serving(idle, { compression: false, ...options });
  const clients: RawClient[] = [];
  for (let index = 0; index < count; index++) clients.push(await openClient(server.port));
  await untilCounted(server, { connections: count });
  return { server, clients, connections: [...server.connections] };
}

describe("subscribing", () => {
  test("a connection gets what is published from then on, in order, until it unsubscribes", async () => {
    const { server, clients, connections } = await audience(2);
    const [a, b] = connections as [ServerConnection, ServerConnection];
    expect(server.publish("news", "nobody hears this")).toEqual({ sent: 0, skipped: 0, failed: 0 });
    void a.subscribe("news");
    expect(server.publish("news", "one")).toEqual({ sent: 1, skipped: 0, failed: 0 });
    void b.subscribe("news");
    expect(server.publish("news", "two")).toEqual({ sent: 2, skipped: 0, failed: 0 });
    expect(a.unsubscribe("news")).toBe(true);
    expect(server.publish("news", "three").sent).toBe(1);
    b.unsubscribe("news");
    for (const ws of connections) await ws.send("end");
    expect([await clients[0]!.message(), await clients[0]!.message()]).toEqual(["one", "two"]);
    expect(await clients[0]!.message()).toBe("end");
    expect([await clients[1]!.message(), await clients[1]!.message()]).toEqual(["two", "three"]);
    expect(await clients[1]!.message()).toBe("end");
  });

  test("twice is once", async () => {
    const { server, connections } = await audience(1);
    const ws = connections[0]!;
    void ws.subscribe("a");
    void ws.subscribe("a");
    expect(server.publish("a", "x").sent).toBe(1);
    expect([...ws.topics]).toEqual(["a"]);
    expect([ws.unsubscribe("a"), ws.unsubscribe("a")]).toEqual([true, false]);
    expect(server.publish("a", "x").sent).toBe(0);
  });

  test("topics do not hear each other, and a message keeps its place among private ones", async () => {
    const { server, clients, connections } = await audience(2);
    void connections[0]!.subscribe("north");
    void connections[1]!.subscribe("south");
    server.publish("north", "n1");
    void connections[0]!.send("private");
    server.publish("south", "s1");
    server.publish("north", "n2");
    for (const expected of ["n1", "private", "n2"]) expect(await clients[0]!.message()).toBe(expected);
    expect(await clients[1]!.message()).toBe("s1");
  });

  test("server.topics and ws.topics tell what there is", async () => {
    const { server, connections } = await audience(2);
    const [a, b] = connections as [ServerConnection, ServerConnection];
    for (const topic of ["x", "y", "z"]) void a.subscribe(topic);
    void b.subscribe("y");
    const { topics } = server;
    expect([...topics]).toEqual([
      ["x", 1],
      ["y", 2],
      ["z", 1],
    ]);
    expect([topics.size, topics.get("y"), topics.get("?"), topics.has("x"), topics.has("?")]).toEqual([
      3,
      2,
      undefined,
      true,
      false,
    ]);
    expect([[...topics.keys()], [...topics.values()]]).toEqual([
      ["x", "y", "z"],
      [1, 2, 1],
    ]);
    const seen: unknown[] = [];
    topics.forEach((...args) => void seen.push(args.slice(0, 2)));
    expect(seen).toEqual([
      [1, "x"],
      [2, "y"],
      [1, "z"],
    ]);
    expect([...a.topics]).toEqual(["x", "y", "z"]);
    a.unsubscribe("y");
    expect([...a.topics]).toEqual(["x", "z"]);
    expect(topics.get("y")).toBe(1);
    a.unsubscribe("x");
    expect(topics.has("x")).toBe(false);
  });

  test("ends with the connection; the close hook still sees its topics", async () => {
    const seen: string[][] = [];
    const server = await serving({
      open(ws) {
        void ws.subscribe("room");
        void ws.subscribe("hall");
      },
      message() {},
      close(ws) {
        seen.push([...ws.topics]);
        ws.publish("room", "left");
        ws.subscribe("again").catch(() => seen.push(["rejected"]));
      },
    });
    const client = await openClient(server.port);
    await untilCounted(server, { connections: 1 });
    const [ws] = server.connections;
    client.socket.resetAndDestroy();
    await untilCounted(server, { closed: 1 });
    expect([server.topics.size, ws!.topics.size]).toEqual([0, 0]);
    await expect(ws!.subscribe("later")).rejects.toMatchObject({ code: 1006 });
    expect(server.topics.size).toBe(0);
    expect(seen).toEqual([["room", "hall"], ["rejected"]]);
  });

  test("a handler that was closed for want of a peer leaves nothing behind", async () => {
    const server = await serving(async (ws) => {
      await ws.subscribe("all");
      for await (const message of ws) ws.publish("all", message);
    });
    for (let round = 0; round < 3; round++) {
      const clients = await Promise.all([0, 1].map(() => connect(`ws://127.0.0.1:${server.port}`)));
      await clients[0]!.send("hello");
      expect(await clients[1]!.recv()).toBe("hello");
      for (const client of clients) await client.close();
    }
    await untilCounted(server, { connections: 0 });
    expect(server.topics.size).toBe(0);
  });
});

describe("publishing", () => {
  test("ws.publish reaches everyone but itself, subscribed or not", async () => {
    const { server, clients, connections } = await audience(3);
    const [a, b, c] = connections as [ServerConnection, ServerConnection, ServerConnection];
    for (const ws of [a, b]) void ws.subscribe("room");
    expect(a.publish("room", "from a").sent).toBe(1);
    expect(c.publish("room", "from c").sent).toBe(2);
    expect(b.publish("room", "to nobody", { except: a }).sent).toBe(0);
    server.publish("room", "end");
    for (const expected of ["from c", "end"]) expect(await clients[0]!.message()).toBe(expected);
    for (const expected of ["from a", "from c", "end"]) expect(await clients[1]!.message()).toBe(expected);
  });

  test("except one, except several; text and bytes; compress: false", async () => {
    const { server, clients, connections } = await audience(2, { compression: "deflate" });
    for (const ws of connections) void ws.subscribe("t");
    expect(server.publish("t", Uint8Array.of(1, 2), { except: connections[0]! }).sent).toBe(1);
    expect(server.publish("t", "x", { except: new Set<Connection>(connections) }).sent).toBe(0);
    server.publish("t", "plain", { compress: false });
    await clients[1]!.frame({ opcode: 2, payload: Uint8Array.of(1, 2) });
    expect(await clients[1]!.message()).toBe("plain");
    expect(await clients[0]!.message()).toBe("plain");
  });

  test("a subscriber may come and go while others publish", async () => {
    const { server, clients, connections } = await audience(2);
    const [a, b] = connections as [ServerConnection, ServerConnection];
    const expected: string[] = [];
    void b.subscribe("t");
    for (let index = 0; index < 200; index++) {
      const text = `message ${index}`;
      if (index % 3 === 0) void a.subscribe("t");
      const isThere = index % 3 !== 2;
      expect(server.publish("t", text).sent).toBe(isThere ? 2 : 1);
      if (isThere) expected.push(text);
      if (index % 3 === 1) a.unsubscribe("t");
    }
    for (const text of expected) expect(await clients[0]!.message()).toBe(text);
    for (let index = 0; index < 200; index++) expect(await clients[1]!.message()).toBe(`message ${index}`);
  });
});

describe("mistakes", () => {
  const RULE = "topic must be a string of 1 to 255 characters without control characters, got";

  test.each<[topic: unknown, got: string]>([
    ["", '""'],
    [5, "number"],
    [null, "null"],
    [undefined, "undefined"],
    ["x".repeat(256), "256 characters"],
    ["a\nb", String.raw`"a\nb"`],
    ["half a pair \ud800", String.raw`"half a pair \ud800"`],
    [`${"y".repeat(60)}\u0000`, `"${"y".repeat(40)}..."`],
  ])("%j is no topic", async (topic, got) => {
    const { server: ws } = connectedPair();
    expect(() => ws.subscribe(topic as string)).toThrow(new TypeError(`Cannot subscribe: ${RULE} ${got}`));
    expect(() => ws.unsubscribe(topic as string)).toThrow(`Cannot unsubscribe: ${RULE} ${got}`);
    expect(() => ws.publish(topic as string, "x")).toThrow(`Cannot publish: ${RULE} ${got}`);
  });

  test("what is no message is refused, with and without subscribers, and so is an unknown option", async () => {
    const { server: ws } = connectedPair();
    const rule = "data must be a string, an ArrayBuffer or a view of one, got number 5";
    expect(() => ws.publish("t", 5 as unknown as string)).toThrow(`Cannot publish: ${rule}`);
    void ws.subscribe("t");
    expect(() => ws.publish("t", 5 as unknown as string)).toThrow(`Cannot publish: ${rule}`);
    expect(() => ws.publish("t", "x", { expect: ws } as PublishOptions)).toThrow(
      'Cannot publish: there is no option "expect", did you mean "except"?',
    );
  });

  test.each(["a", "x".repeat(255), "room/1:é 🎉", "__proto__"])("%j is a topic", (topic) => {
    const { server: ws } = connectedPair();
    void ws.subscribe(topic);
    expect([...ws.topics]).toEqual([topic]);
  });
});

test("connections in memory have topics too, and leave nothing behind", async () => {
  const { client, server: ws } = connectedPair();
  await ws.subscribe("t");
  expect(ws.publish("t", "to nobody").sent).toBe(0);
  await client.close();
  expect(ws.topics.size).toBe(0);
});
