import { setImmediate } from "node:timers/promises";
import type { ServeOptions, Server, ServerConnection, TopicsOption } from "hawser";
import { describe, expect, test, vi } from "vitest";
import { openClient, type RawClient } from "./support/raw-client.ts";
import { idle, recordingLogger, serving, untilCounted } from "./support/serving.ts";

const CHUNK = new Uint8Array(65_536);
const MAX_BUFFERED = 131_072;

interface Pair {
  readonly server: Server;
  /** The first does not read. */
  readonly clients: readonly [RawClient, RawClient];
  readonly connections: readonly [ServerConnection, ServerConnection];
}

async function slowAndQuick(topics: TopicsOption, options: ServeOptions = {}): Promise<Pair> {
  const slowConsumer = { maxBuffered: MAX_BUFFERED };
  const server = await serving(idle, { compression: false, slowConsumer, closeTimeout: 100, topics, ...options });
  const clients = [await openClient(server.port), await openClient(server.port)] as const;
  await untilCounted(server, { connections: 2 });
  const connections = [...server.connections] as [ServerConnection, ServerConnection];
  for (const ws of connections) void ws.subscribe("t");
  clients[0].stopReading();
  return { server, clients, connections };
}

/** Publishes until so much waits for a connection. */
async function fillUp(server: Server, ws: ServerConnection, waiting: number): Promise<void> {
  for (let round = 0; round < 2_000 && ws.bufferedAmount <= waiting; round++) {
    server.publish("t", CHUNK);
    await setImmediate();
  }
  expect(ws.bufferedAmount).toBeGreaterThan(waiting);
}

describe("skip and close, by topic", () => {
  test('"skip", where the server closes', async () => {
    const { server, clients, connections } = await slowAndQuick({ slowSubscriber: "skip" });
    void clients[1].skim(1);
    await fillUp(server, connections[0], MAX_BUFFERED);
    expect(server.publish("t", "missed")).toEqual({ sent: 1, skipped: 1, failed: 0 });
    expect(server.publish("t", "missed", { except: connections[1] })).toEqual({ sent: 0, skipped: 1, failed: 0 });
    expect(server.publish("t", "missed", { except: connections[0] })).toEqual({ sent: 1, skipped: 0, failed: 0 });
    expect(connections[0].state).toBe("open");
  });

  test('"close", where the server skips', async () => {
    const topics = { slowSubscriber: "close" } as const;
    const slowConsumer = { maxBuffered: MAX_BUFFERED, policy: "skip" } as const;
    const { server, clients, connections } = await slowAndQuick(topics, { slowConsumer });
    void clients[1].skim(1);
    await fillUp(server, connections[0], MAX_BUFFERED);
    expect(server.publish("t", "x")).toEqual({ sent: 1, skipped: 0, failed: 1 });
    expect(connections.map(({ state }) => state)).toEqual(["closing", "open"]);
    expect(server.publish("t", "x")).toEqual({ sent: 1, skipped: 1, failed: 0 });
  });

  test("another topic goes by its own rule", async () => {
    const topics = (topic: string) => (topic === "t" ? ({ slowSubscriber: "skip" } as const) : undefined);
    const { server, clients, connections } = await slowAndQuick(topics);
    void clients[1].skim(1);
    void connections[0].subscribe("strict");
    await fillUp(server, connections[0], MAX_BUFFERED);
    expect(server.publish("t", "x")).toEqual({ sent: 1, skipped: 1, failed: 0 });
    expect(server.publish("strict", "x")).toEqual({ sent: 0, skipped: 0, failed: 1 });
  });
});

describe("conflate", () => {
  const CONFLATE: TopicsOption = { slowSubscriber: "conflate" };

  /** The text messages among what a client is sent, up to `last`. */
  async function textsUpTo(client: RawClient, last: string): Promise<readonly string[]> {
    const texts: string[] = [];
    while (texts.at(-1) !== last) {
      const { opcode, payload } = await client.frame();
      if (opcode === 1) texts.push(String(Buffer.from(payload)));
    }
    return texts;
  }

  test("a receiver that is behind gets the latest alone, once it reads on, and then every one again", async () => {
    const { server, clients, connections } = await slowAndQuick(CONFLATE);
    await fillUp(server, connections[0], 32_768);
    const before = connections[0].bufferedAmount;
    for (let value = 1; value <= 9; value++) {
      expect(server.publish("t", `value ${value}`)).toEqual({ sent: 2, skipped: 0, failed: 0 });
    }
    // Nothing more waits in its buffer
    expect(connections[0].bufferedAmount).toBeLessThanOrEqual(before);
    clients[0].socket.resume();
    expect(await textsUpTo(clients[0], "value 9")).toEqual(["value 9"]);
    server.publish("t", "value 10");
    expect(await clients[0].message()).toBe("value 10");
    expect(await textsUpTo(clients[1], "value 10")).toHaveLength(10);
  });

  test("what is kept is a copy, and is not replaced by what is published by the receiver itself", async () => {
    const { server, clients, connections } = await slowAndQuick(CONFLATE);
    await fillUp(server, connections[0], 32_768);
    const bytes = Uint8Array.of(1, 2, 3);
    server.publish("t", bytes);
    bytes.fill(9);
    connections[0].publish("t", "its own");
    clients[0].socket.resume();
    let frame = await clients[0].frame({ opcode: 2 });
    while (frame.payload.length > 3) frame = await clients[0].frame({ opcode: 2 });
    expect([...frame.payload]).toEqual([1, 2, 3]);
  });

  test("whoever unsubscribes gets nothing that was kept, and whoever ends leaves nothing", async () => {
    const { server, clients, connections } = await slowAndQuick(CONFLATE);
    await fillUp(server, connections[0], 32_768);
    server.publish("t", "kept");
    connections[0].unsubscribe("t");
    void connections[0].send("end");
    clients[0].socket.resume();
    expect(await textsUpTo(clients[0], "end")).toEqual(["end"]);
    connections[0].terminate();
    await untilCounted(server, { closed: 1 });
    expect(server.publish("t", "x")).toEqual({ sent: 1, skipped: 0, failed: 0 });
  });
});

test("conflate: what is kept and can't be sent is logged, and nobody's unhandled rejection", async () => {
  const logger = recordingLogger();
  const { server, clients, connections } = await slowAndQuick({ slowSubscriber: "conflate" }, { logger });
  await fillUp(server, connections[0], 32_768);
  vi.spyOn(connections[0], "sendNow").mockImplementation(() => {
    throw new Error("an extension of the application's own");
  });
  server.publish("t", "kept");
  clients[0].socket.resume();
  await vi.waitFor(() => {
    expect(logger.troubles).toMatchObject([{ message: "a message that was kept could not be sent" }]);
  });
});

describe("mistakes", () => {
  test.each<[option: unknown, message: string]>([
    [5, "Cannot serve: topics must be an object of options, got 5"],
    [null, "Cannot serve: topics must be an object of options, got null"],
    [{ slow: 1 }, 'Cannot serve: in topics: there is no option "slow", did you mean "slowSubscriber"?'],
    [
      { slowSubscriber: "drop" },
      'Cannot serve: topics.slowSubscriber must be "close" or "skip" or "conflate", got "drop"',
    ],
  ])("%j", async (topics, message) => {
    await expect(serving(idle, { topics: topics as TopicsOption })).rejects.toThrow(message);
  });

  test("of a function, when the topic is used", async () => {
    const server = await serving(idle, { topics: () => ({ slowSubscriber: "drop" as "skip" }) });
    await openClient(server.port);
    await untilCounted(server, { connections: 1 });
    const [ws] = server.connections;
    expect(() => ws!.subscribe("t")).toThrow(
      'Cannot serve: topics("t").slowSubscriber must be "close" or "skip" or "conflate", got "drop"',
    );
    expect([server.topics.size, ws!.topics.size]).toEqual([0, 0]);
  });
});
