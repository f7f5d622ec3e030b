import type { ReadOptions } from "hawser";
import { describe, expect, test } from "vitest";
import { within } from "./support/deadline.ts";
import { idle, serving } from "./support/serving.ts";
import { member, settled, topicServers } from "./support/topic-servers.ts";

describe("server.subscribe", () => {
  test("hands the application what is published, by anybody, in any process, as it was published", async () => {
    const { servers } = await topicServers(2, { topics: { format: ({ data }) => `formatted ${data}` } });
    const messages = servers[0]!.subscribe("t");
    const { ws } = await member(servers[1]!);
    await ws.subscribe("t");
    servers[0]!.publish("t", "one");
    ws.publish("t", Uint8Array.of(2));
    servers[1]!.publish("t", "three");
    const got: unknown[] = [];
    for await (const message of messages) {
      got.push(message);
      if (got.length === 3) break;
    }
    expect(got).toEqual(["one", Uint8Array.of(2), "three"]);
    expect(servers[0]!.topics.size).toBe(0);
  });

  test("a signal ends it, at once or later", async () => {
    const server = await serving(idle);
    const controller = new AbortController();
    const messages = server.subscribe("t", { signal: controller.signal });
    server.publish("t", "x");
    const iterated = (async () => {
      const got: unknown[] = [];
      for await (const message of messages) got.push(message);
      return got;
    })();
    controller.abort();
    expect(await within("the end", iterated)).toEqual(["x"]);
    expect(server.topics.size).toBe(0);
    const ended = server.subscribe("t", { signal: controller.signal });
    expect(await ended.next()).toMatchObject({ done: true });
    expect(server.topics.size).toBe(0);
  });

  test("the oldest goes when nobody takes them; bytes are copies", async () => {
    const server = await serving(idle);
    const messages = server.subscribe("t", { maxQueue: 2 });
    const bytes = Uint8Array.of(7);
    for (const message of ["a", "b", bytes, "d"]) server.publish("t", message);
    bytes.fill(0);
    expect(messages.dropped).toBe(2);
    expect([(await messages.next()).value, (await messages.next()).value]).toEqual([Uint8Array.of(7), "d"]);
  });

  test("its end does not end others' subscriptions, nor theirs its", async () => {
    const server = await serving(idle);
    const reader = await member(server);
    void reader.ws.subscribe("t");
    const [a, b] = [server.subscribe("t"), server.subscribe("t")];
    await a.return?.();
    server.publish("t", "x");
    reader.ws.unsubscribe("t");
    expect(server.topics.get("t")).toBe(0);
    server.publish("t", "y");
    expect([(await b.next()).value, (await b.next()).value]).toEqual(["x", "y"]);
    await settled(reader);
    expect(reader.received).toEqual(["x"]);
  });

  test("the server's end ends it, and a handler that iterates does not hold the end up", async () => {
    const server = await serving(async () => {
      for await (const message of server.subscribe("t")) server.publish("echo", message);
    });
    await member(server);
    const messages = server.subscribe("t");
    await within("closing", server.close());
    expect(await messages.next()).toMatchObject({ done: true });
    expect(await server.subscribe("t").next()).toMatchObject({ done: true });
  });

  test.each<[options: object, message: string]>([
    [{ maxQueue: 0 }, "Cannot subscribe: maxQueue must be an integer of at least 1, got 0"],
    [
      { maxQueue: Number.POSITIVE_INFINITY },
      "Cannot subscribe: maxQueue must be an integer of at least 1, got Infinity",
    ],
    [{ max: 1 }, 'Cannot subscribe: there is no option "max", did you mean "maxQueue"?'],
  ])("%j is refused", async (options, message) => {
    const server = await serving(idle);
    expect(() => server.subscribe("t", options as ReadOptions)).toThrow(message);
    expect(() => server.subscribe("")).toThrow(/^Cannot subscribe: topic must be/);
    expect(server.topics.size).toBe(0);
  });
});
