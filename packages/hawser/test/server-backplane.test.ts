import { setImmediate } from "node:timers/promises";
import { healthChecks, type ServeOptions, serve, type TopicsOption } from "hawser";
import { type Backplane, memoryEngine } from "hawser/pubsub";
import { describe, expect, test, vi } from "vitest";
import { DelayedBackplane } from "./support/delayed-backplane.ts";
import { idle, recordingLogger, serving } from "./support/serving.ts";
import { member, settled, topicServers } from "./support/topic-servers.ts";

describe("several servers", () => {
  test("a publication reaches the subscribers of all, in order, and the result counts those here", async () => {
    const { servers } = await topicServers(3);
    const members = await Promise.all(servers.map(member));
    await Promise.all(members.map(({ ws }) => ws.subscribe("news")));
    const expected = Array.from({ length: 50 }, (_, index) => `news ${index}`);
    for (const text of expected) expect(servers[0]!.publish("news", text)).toEqual({ sent: 1, skipped: 0, failed: 0 });
    await settled(...members);
    for (const { received } of members) expect(received).toEqual(expected);
  });

  test("except and ws.publish hold in their own process; bytes stay bytes", async () => {
    const { servers } = await topicServers(2);
    const [a, b] = [await member(servers[0]!), await member(servers[1]!)];
    await Promise.all([a.ws.subscribe("t"), b.ws.subscribe("t")]);
    a.ws.publish("t", "from a");
    b.ws.publish("t", Uint8Array.of(1, 2));
    servers[0]!.publish("t", "not to a", { except: a.ws });
    await settled(a, b);
    expect([a.received, b.received]).toEqual([["1,2"], ["from a", "not to a"]]);
  });

  test("a key is delivered once in each process, whoever publishes it", async () => {
    const { servers } = await topicServers(2);
    const [a, b] = [await member(servers[0]!), await member(servers[1]!)];
    await Promise.all([a, b].map(({ ws }) => ws.subscribe("t")));
    expect(servers[0]!.publish("t", "x", { idempotencyKey: "1" }).sent).toBe(1);
    expect(servers[0]!.publish("t", "x", { idempotencyKey: "1" })).toEqual({
      sent: 0,
      skipped: 0,
      failed: 0,
      isDuplicate: true,
    });
    await settled(a, b);
    expect(servers[1]!.publish("t", "x", { idempotencyKey: "1" }).isDuplicate).toBe(true);
    expect(servers[1]!.publish("t", "y", { idempotencyKey: "2" }).sent).toBe(1);
    // Not heard of the other's yet
    expect(servers[0]!.publish("t", "y", { idempotencyKey: "2" }).sent).toBe(1);
    await settled(a, b);
    expect([a.received, b.received]).toEqual([
      ["x", "y"],
      ["x", "y"],
    ]);
  });

  test("the engine is asked for topics with subscribers alone, once, together, and for a while longer", async () => {
    const backplane = memoryEngine().backplane();
    const subscribe = vi.spyOn(backplane, "subscribe");
    const unsubscribe = vi.spyOn(backplane, "unsubscribe");
    const server = await serving(idle, { backplane });
    const [a, b] = [await member(server), await member(server)];
    await Promise.all(["x", "y", "x"].flatMap((topic) => [a.ws.subscribe(topic), b.ws.subscribe(topic)]));
    expect(subscribe.mock.calls).toEqual([
      [
        [
          { topic: "x", history: undefined },
          { topic: "y", history: undefined },
        ],
      ],
    ]);
    a.ws.unsubscribe("x");
    b.ws.unsubscribe("x");
    await a.ws.subscribe("x");
    expect(subscribe).toHaveBeenCalledTimes(1);
    expect(unsubscribe).not.toHaveBeenCalled();
  });
});

describe("an engine that goes away", () => {
  test("delivery in this process goes on; what others miss is told by `confirmed`, the metrics and the log", async () => {
    const logger = recordingLogger();
    const { engine, servers } = await topicServers(2, { logger });
    const [a, b] = [await member(servers[0]!), await member(servers[1]!)];
    await Promise.all([a, b].map(({ ws }) => ws.subscribe("t")));
    engine.goAway();
    await vi.waitFor(() => expect(servers[0]!.metrics().backplane?.isConnected).toBe(false));
    const result = servers[0]!.publish("t", "here");
    expect(result).toMatchObject({ sent: 1, skipped: 0, failed: 0 });
    await expect(result.confirmed).rejects.toMatchObject({ name: "BackplaneError", code: "DISCONNECTED" });
    // Nobody has to handle that
    servers[0]!.publish("t", "here too");
    engine.comeBack();
    await vi.waitFor(() => expect(servers[0]!.metrics().backplane?.isConnected).toBe(true));
    servers[0]!.publish("t", "everywhere");
    await settled(a, b);
    expect([a.received, b.received]).toEqual([["here", "here too", "everywhere"], ["everywhere"]]);
    expect(servers[0]!.metrics().backplane).toEqual({
      name: "memory",
      isConnected: true,
      published: 3,
      failed: 2,
      received: 0,
      rejected: 0,
      gaps: 1,
    });
    expect(servers[1]!.metrics().backplane).toMatchObject({ received: 1 });
    const troubles = logger.troubles.map(({ message }) => message);
    expect(troubles).toEqual(["the backplane is away", "the backplane is away"]);
  });

  test.each<[options: ServeOptions, isReady: boolean]>([
    [{}, true],
    [{ readyWithoutBackplane: false }, false],
  ])("%j: isReady is %s meanwhile", async (options, isReady) => {
    const { engine, servers } = await topicServers(1, options);
    const [server] = servers;
    expect(server!.isReady).toBe(true);
    engine.goAway();
    await vi.waitFor(() => expect(server!.metrics().backplane?.isConnected).toBe(false));
    expect(server!.isReady).toBe(isReady);
    engine.comeBack();
    await vi.waitFor(() => expect(server!.isReady).toBe(true));
  });

  test("a readiness probe says so", async () => {
    const engine = memoryEngine();
    const checks: { current?: ReturnType<typeof healthChecks> } = {};
    const server = await serving(idle, {
      backplane: engine.backplane(),
      readyWithoutBackplane: false,
      processRequest: (request, connection) => checks.current?.(request, connection),
    });
    checks.current = healthChecks(server);
    const probe = async () => (await fetch(`http://127.0.0.1:${server.port}/readyz`)).status;
    expect(await probe()).toBe(200);
    engine.goAway();
    await vi.waitFor(async () => expect(await probe()).toBe(503));
  });
});

describe("an engine that answers later", () => {
  /** A server, a subscriber of it, and the backplane that the test lets answer. */
  async function waiting(topics: TopicsOption) {
    const engine = memoryEngine();
    const backplane = new DelayedBackplane(engine.backplane());
    const server = await serving(idle, { compression: false, backplane, topics });
    const subscriber = await member(server);
    const subscribed = subscriber.ws.subscribe("t");
    const answer = async () => {
      for (let round = 0; round < 3; round++) {
        backplane.answer();
        await setImmediate();
      }
    };
    await answer();
    await subscribed;
    return { engine, backplane, server, subscriber, answer };
  }

  test("with a history, subscribers wait for the place, and `confirmed` tells it", async () => {
    const { server, subscriber, answer } = await waiting({ history: true });
    const result = server.publish("t", "a", { idempotencyKey: "k" });
    expect(result).toEqual({ sent: 0, skipped: 0, failed: 0, confirmed: expect.any(Promise) });
    const duplicate = server.publish("t", "a", { idempotencyKey: "k" });
    await answer();
    const place = { epoch: expect.any(String), offset: 1 };
    expect(await result.confirmed).toEqual({ sent: 1, skipped: 0, failed: 0, ...place });
    expect(await duplicate.confirmed).toEqual({ sent: 0, skipped: 0, failed: 0, ...place, isDuplicate: true });
    await settled(subscriber);
    expect(subscriber.received).toEqual(["a"]);
  });

  test("without one, subscribers here do not wait", async () => {
    const { server, answer } = await waiting({});
    const result = server.publish("t", "a");
    expect(result).toEqual({ sent: 1, skipped: 0, failed: 0, confirmed: expect.any(Promise) });
    await answer();
    expect(await result.confirmed).toEqual({ sent: 1, skipped: 0, failed: 0 });
  });

  test("and that goes away before: nobody gets it, and `confirmed` rejects", async () => {
    const { engine, server, subscriber, answer } = await waiting({ history: true });
    const result = server.publish("t", "a");
    engine.goAway();
    await answer();
    await expect(result.confirmed).rejects.toMatchObject({ name: "BackplaneError" });
    await settled(subscriber);
    expect(subscriber.received).toEqual([]);
    expect(server.metrics().backplane).toMatchObject({ published: 1, failed: 1 });
  });
});

describe("beginning and end", () => {
  test("the server closes its backplane, whether it began or not", async () => {
    const backplane = memoryEngine().backplane();
    const close = vi.spyOn(backplane, "close");
    const server = await serve(idle, { host: "127.0.0.1", backplane });
    await server.close();
    expect(close).toHaveBeenCalledTimes(1);
    const other = memoryEngine().backplane();
    const closeOther = vi.spyOn(other, "close");
    const taken = await serving(idle);
    await expect(serve(idle, { host: "127.0.0.1", port: taken.port, backplane: other })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    expect(closeOther).toHaveBeenCalledTimes(1);
  });

  test("one that can't begin keeps the server from beginning, one that can't end does not keep it from ending", async () => {
    const backplane = memoryEngine().backplane();
    await serving(idle, { backplane });
    await expect(serve(idle, { backplane })).rejects.toThrow("Cannot start: a backplane serves one server");
    const logger = recordingLogger();
    const stubborn = Object.assign(memoryEngine().backplane(), { close: () => Promise.reject(new Error("no")) });
    const server = await serve(idle, { host: "127.0.0.1", backplane: stubborn, logger });
    await server.close();
    expect(logger.troubles).toMatchObject([{ message: "the backplane did not close" }]);
  });

  test.each([[null], [5], [{}], [memoryEngine()]])("%o is no backplane", async (backplane) => {
    await expect(serve(idle, { backplane: backplane as unknown as Backplane })).rejects.toThrow(
      /^Cannot serve: backplane must be a backplane such as memoryEngine\(\)\.backplane\(\), got /,
    );
  });

  test("what comes from the engine and breaks a rule is counted, and logged once in a while", async () => {
    const logger = recordingLogger();
    const backplane = memoryEngine().backplane();
    const start = vi.spyOn(backplane, "start");
    const server = await serving(idle, { backplane, logger });
    const [receiver] = start.mock.calls[0]!;
    for (let count = 0; count < 1_000; count++) receiver.rejected("hawser must be 1, got 2");
    const text = { topic: "t", data: "{}", key: undefined, compress: undefined };
    const { ws } = await member(server);
    await ws.subscribe("t");
    receiver.received({ ...text, kind: "join" }, undefined);
    receiver.received({ ...text, kind: "leave", data: "no JSON" }, undefined);
    expect(server.metrics().backplane).toMatchObject({ rejected: 1_002, received: 2 });
    expect(logger.troubles.map(({ message }) => message)).toEqual(["a publication of somebody else was dropped"]);
  });
});
