/** What topics do when engines answer late, wrongly or not at all, when publishers say things again, and when code throws. */

import type { PresenceEvent, Server, TopicsOption } from "hawser";
import { type Backplane, type MemoryEngine, memoryEngine } from "hawser/pubsub";
import { connectedPair, FakeClock } from "hawser/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { silentLogger } from "../src/node/logger.ts";
import { TimingWheel } from "../src/node/timing-wheel.ts";
import { resolveTopics } from "../src/node/topic-options.ts";
import { ServerTopics } from "../src/node/topics.ts";
import { openClient } from "./support/raw-client.ts";
import { idle, serving } from "./support/serving.ts";
import { member, settled, topicServers } from "./support/topic-servers.ts";

/** The topics of one process, its clock, and a connection's end with what it got. */
async function process(engine: MemoryEngine, topics: TopicsOption, change: (backplane: Backplane) => Backplane) {
  const clock = new FakeClock();
  const backplane = change(engine.backplane());
  const wheel = new TimingWheel(clock);
  const settingsOf = resolveTopics(topics, "close");
  const served = new ServerTopics({ settingsOf, backplane, wheel, logger: silentLogger });
  await served.start();
  return { clock, topics: served };
}

describe("histories that are not to be had", () => {
  test("an engine that is there and did not answer is asked again", async () => {
    const engine = memoryEngine();
    const here = await process(engine, { history: true }, (backplane) => {
      const history = vi.spyOn(backplane, "history");
      history.mockImplementationOnce(() => Promise.reject(new Error("busy")));
      history.mockImplementationOnce(() => Promise.reject(new Error("busy still")));
      return backplane;
    });
    const messages = here.topics.read("t");
    await here.clock.advance(0);
    const far = await process(engine, { history: true }, (backplane) => backplane);
    far.topics.publish("t", "one");
    await here.clock.advance(10_000);
    expect(await messages.next()).toEqual({ done: false, value: "one" });
  });

  test("a topic that ended meanwhile is not asked for", async () => {
    const engine = memoryEngine();
    const history = vi.fn(() => Promise.reject(new Error("busy")));
    const here = await process(engine, { history: true }, (backplane) => Object.assign(backplane, { history }));
    const messages = here.topics.read("t");
    await here.clock.advance(0);
    await messages.return?.();
    await here.clock.advance(10_000);
    expect(history).toHaveBeenCalledTimes(1);
  });

  test("the engine is asked for no more than is kept: not every protocol has a word for all", async () => {
    const backplane = memoryEngine().backplane();
    const history = vi.spyOn(backplane, "history");
    const server = await serving(idle, { backplane, topics: { history: { maxCount: 5 } } });
    for (const options of [undefined, { last: Number.POSITIVE_INFINITY }, { last: 7 }, { last: 2 }]) {
      await server.history("t", options);
    }
    expect(history.mock.calls.map(([, , request]) => request)).toEqual([5, 5, 5, 2].map((last) => ({ last })));
  });
});

test("what is published without a place while somebody recovers makes it `recovered: false`", async () => {
  const { engine, servers } = await topicServers(1, { topics: { history: true } });
  const [server] = servers as [Server];
  const bystander = server.subscribe("t");
  const { epoch } = await server.history("t");
  for (let count = 0; count < 40; count++) server.publish("t", "x".repeat(262_144));
  const client = await openClient(server.port);
  client.stopReading();
  const ws = await vi.waitFor(() => [...server.connections][0]!);
  const subscribed = ws.subscribe("t", { since: { epoch, offset: 0 } });
  await vi.waitFor(() => expect(ws.bufferedAmount).toBeGreaterThan(32_768));
  engine.goAway();
  await vi.waitFor(() => expect(server.metrics().backplane?.isConnected).toBe(false));
  server.publish("t", "without a place");
  engine.comeBack();
  await vi.waitFor(() => expect(server.metrics().backplane?.isConnected).toBe(true));
  client.socket.resume();
  expect(await subscribed).toMatchObject({ recovered: false, offset: 40 });
  await bystander.return?.();
});

describe("a key that is published again", () => {
  test("without a history: those here have it once, and others get what they did not the first time", async () => {
    const { engine, servers } = await topicServers(2);
    const [a, b] = [await member(servers[0]!), await member(servers[1]!)];
    await Promise.all([a, b].map(({ ws }) => ws.subscribe("t")));
    engine.goAway();
    await vi.waitFor(() => expect(servers[0]!.metrics().backplane?.isConnected).toBe(false));
    const again = () => servers[0]!.publish("t", "x", { idempotencyKey: "1" });
    await expect(again().confirmed).rejects.toMatchObject({ code: "DISCONNECTED" });
    await expect(again().confirmed).rejects.toMatchObject({ code: "DISCONNECTED" });
    engine.comeBack();
    await vi.waitFor(() => expect(servers[0]!.metrics().backplane?.isConnected).toBe(true));
    expect(again()).toEqual({ sent: 0, skipped: 0, failed: 0 });
    expect(again()).toEqual({ sent: 0, skipped: 0, failed: 0, isDuplicate: true });
    await settled(a, b);
    expect([a.received, b.received]).toEqual([["x"], ["x"]]);
  });
});

test("an engine that hangs is given no more than so much", async () => {
  const waiting: (() => void)[] = [];
  const publish = vi.fn(
    () => new Promise<never>((_, reject) => void waiting.push(() => reject(new Error("it has hung up")))),
  );
  const backplane = Object.assign(memoryEngine().backplane(), { publish });
  const server = await serving(idle, { backplane });
  const mebibyte = "x".repeat(1_048_576);
  for (let count = 0; count < 40; count++) server.publish("t", mebibyte);
  expect(publish).toHaveBeenCalledTimes(16);
  await expect(server.publish("t", "x").confirmed).rejects.toMatchObject({
    code: "DISCONNECTED",
    message: expect.stringMatching(/^Cannot publish: at most 16777216 bytes may wait for an answer of the memory/),
  });
  for (const reject of waiting.splice(0)) reject();
  await new Promise(setImmediate);
  server.publish("t", "x");
  expect(publish).toHaveBeenCalledTimes(17);
  for (const reject of waiting.splice(0)) reject();
});

test("presence: an answer that was overtaken by another question is not taken", async () => {
  const engine = memoryEngine();
  const answers: (() => void)[] = [];
  const events: string[] = [];
  const settings: TopicsOption = {
    presence: { announce: ({ type, member: { data } }) => void events.push(`${type} ${data}`) as undefined },
  };
  const here = await process(engine, settings, (backplane) => {
    const store = backplane.presence!;
    const list = async (topic: string) => {
      const records = await store.list(topic);
      await new Promise<void>((answer) => answers.push(answer));
      return records;
    };
    return Object.assign(backplane, { presence: { ...store, list } });
  });
  const far = await process(engine, settings, (backplane) => backplane);
  await here.topics.subscribe(connectedPair().server, "t");
  const settle = () => here.clock.advance(0);
  await settle();
  const ada = connectedPair().server;
  void far.topics.subscribe(ada, "t", { presence: "Ada" });
  await settle();
  expect(events.filter((event) => event === "join Ada")).toHaveLength(2);
  here.topics.gap(undefined);
  await settle();
  // The first knows nothing of Ada
  for (const answer of answers.splice(0)) answer();
  await settle();
  expect(events).toEqual(["join Ada", "join Ada"]);
  onTestFinished(() => far.topics.leave(ada));
});

test("presence: others are told once the engine knows, so that who asks it then is told the same", async () => {
  const engine = memoryEngine();
  const answers: (() => void)[] = [];
  const here = await process(engine, { presence: true }, (backplane) => {
    const store = backplane.presence!;
    const later =
      <Args extends unknown[]>(call: (...args: Args) => void | Promise<void>) =>
      async (...args: Args) => {
        await new Promise<void>((answer) => answers.push(answer));
        await call(...args);
      };
    return Object.assign(backplane, { presence: { ...store, keep: later(store.keep), remove: later(store.remove) } });
  });
  const counts: Promise<number>[] = [];
  const announce = () => void counts.push(far.topics.countPresent("t")) as undefined;
  const far: Awaited<ReturnType<typeof process>> = await process(engine, { presence: { announce } }, (one) => one);
  void far.topics.subscribe(connectedPair().server, "t");
  const settle = async () => {
    await here.clock.advance(0);
    for (const answer of answers.splice(0)) answer();
    await here.clock.advance(0);
  };
  await settle();
  const ada = connectedPair().server;
  void here.topics.subscribe(ada, "t", { presence: "Ada" });
  await settle();
  here.topics.leave(ada);
  await settle();
  expect(await Promise.all(counts)).toEqual([1, 0]);
});

test("presence: what anybody writes into a channel is believed so many times between two questions to the engine", async () => {
  const engine = memoryEngine();
  const names = new Set<string>();
  const announce = ({ member: { id } }: PresenceEvent) => void names.add(id) as undefined;
  const here = await process(engine, { presence: { announce } }, (backplane) => backplane);
  await here.topics.subscribe(connectedPair().server, "t");
  await here.clock.advance(0);
  const stranger = engine.backplane();
  for (let count = 0; count < 12_000; count++) {
    const data = JSON.stringify({ id: `${count}`, data: "null" });
    void stranger.publish({ topic: "t", kind: "join", data, key: undefined, compress: undefined }, undefined);
  }
  await here.clock.advance(0);
  expect(names.size).toBe(10_000);
  await here.clock.advance(20_000);
  expect(await here.topics.countPresent("t")).toBe(0);
});
