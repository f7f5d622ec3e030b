import { setImmediate } from "node:timers/promises";
import type { HistoryOptions, Server, ServerConnection, SubscribeOptions, TopicLoss, TopicsOption } from "hawser";
import { describe, expect, test, vi } from "vitest";
import { within } from "./support/deadline.ts";
import { openClient, type RawClient } from "./support/raw-client.ts";
import { idle, recordingLogger, serving, untilCounted } from "./support/serving.ts";
import { member, settled, topicServers } from "./support/topic-servers.ts";
import { utf8 } from "./support/wire.ts";

/** Messages tell their offset. */
const OFFSETS: TopicsOption = { history: true, format: ({ data, offset }) => `${offset}:${data}` };

async function connected(server: Server): Promise<readonly [RawClient, ServerConnection]> {
  const before = new Set(server.connections);
  const client = await openClient(server.port);
  await untilCounted(server, { connections: before.size + 1 });
  return [client, [...server.connections].find((ws) => !before.has(ws))!];
}

function plainServer(topics: TopicsOption): Promise<Server> {
  return serving(idle, { compression: false, topics });
}

describe("in one process", () => {
  test("a publication has a place, and a subscription begins at one", async () => {
    const server = await plainServer(OFFSETS);
    const { ws, received } = await member(server);
    const first = server.publish("t", "a");
    expect(first).toEqual({ sent: 0, skipped: 0, failed: 0, epoch: expect.any(String), offset: 1 });
    const { epoch } = first;
    expect(await ws.subscribe("t")).toEqual({ recovered: false, epoch, offset: 1 });
    expect(server.publish("t", "b")).toEqual({ sent: 1, skipped: 0, failed: 0, epoch, offset: 2 });
    expect(server.publish("other", "x").epoch).not.toBe(epoch);
    await settled({ ws, received, client: undefined as never });
    expect(received).toEqual(["2:b"]);
  });

  test("what was missed comes first, in order, then what is published; nothing twice, nothing left out", async () => {
    const server = await plainServer(OFFSETS);
    for (const text of ["a", "b", "c", "d"]) server.publish("t", text);
    const [client, ws] = await connected(server);
    const { epoch } = await server.history("t");
    const subscribed = ws.subscribe("t", { since: { epoch, offset: 2 } });
    expect([...ws.topics]).toEqual(["t"]);
    // While it is under way
    server.publish("t", "e");
    expect(await subscribed).toEqual({ recovered: true, epoch, offset: 5 });
    server.publish("t", "f");
    for (const expected of ["3:c", "4:d", "5:e", "6:f"]) expect(await client.message()).toBe(expected);
  });

  test.each<[what: string, since: { readonly epoch?: string; readonly offset: number }]>([
    ["of another epoch", { epoch: "another", offset: 9 }],
    ["that is forgotten", { offset: 3 }],
    ["from the future", { offset: 11 }],
  ])("a place %s is not recovered, and what is published is sent all the same", async (_what, since) => {
    const server = await plainServer({ history: { maxCount: 5 } });
    for (let index = 1; index <= 10; index++) server.publish("t", `${index}`);
    const { epoch } = await server.history("t");
    const [client, ws] = await connected(server);
    expect(await ws.subscribe("t", { since: { epoch, ...since } })).toEqual({ recovered: false, epoch, offset: 10 });
    server.publish("t", "11");
    expect(await client.message()).toBe("11");
  });

  test("subscribed already, it begins anew from there; without a history, nothing is recovered", async () => {
    const server = await plainServer((topic) => (topic === "t" ? { history: true } : undefined));
    const [client, ws] = await connected(server);
    const { epoch } = await ws.subscribe("t");
    for (const text of ["a", "b"]) server.publish("t", text);
    expect(await ws.subscribe("t", { since: { epoch: epoch!, offset: 1 } })).toMatchObject({ recovered: true });
    expect(await ws.subscribe("u", { since: { epoch: epoch!, offset: 1 } })).toEqual({
      recovered: false,
      epoch: undefined,
      offset: undefined,
    });
    expect([...ws.topics]).toEqual(["t", "u"]);
    for (const expected of ["a", "b", "b"]) expect(await client.message()).toBe(expected);
  });

  test("whoever does not read is sent no more than it takes, and gets the rest once it reads", async () => {
    const server = await plainServer({ history: { maxCount: 500 } });
    const chunk = new Uint8Array(65_536);
    for (let index = 0; index < 400; index++) server.publish("t", chunk);
    const { epoch } = await server.history("t", { last: 0 });
    const [client, ws] = await connected(server);
    client.stopReading();
    const subscribed = ws.subscribe("t", { since: { epoch, offset: 0 } });
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    server.publish("t", "live");
    expect(ws.bufferedAmount).toBeLessThan(32_768 + 2 * chunk.length);
    client.socket.resume();
    let count = 0;
    for (let frame = await client.frame(); frame.opcode === 2; frame = await client.frame()) count++;
    expect(count).toBe(400);
    expect(await within("recovery", subscribed)).toEqual({ recovered: true, epoch, offset: 401 });
  });

  test("a recovery ends with the subscription, with the connection, and with the next recovery", async () => {
    const server = await plainServer({ history: { maxCount: 400 } });
    // More than the kernel takes for a peer that does not read
    const chunk = new Uint8Array(65_536);
    for (let index = 0; index < 400; index++) server.publish("t", chunk);
    const { epoch } = await server.history("t", { last: 0 });
    const since = { epoch, offset: 0 };
    const [client, ws] = await connected(server);
    client.stopReading();
    const again = ws.subscribe("t", { since });
    // Without a place, it goes on
    expect(await ws.subscribe("t")).toMatchObject({ recovered: false });
    expect(server.topics.get("t")).toBe(0);
    const first = ws.subscribe("t", { since });
    await setImmediate();
    const second = ws.subscribe("t", { since: { epoch, offset: 400 } });
    expect(await within("the second", second)).toMatchObject({ recovered: true });
    const third = ws.subscribe("t", { since });
    expect([ws.unsubscribe("t"), ws.topics.size, server.topics.size]).toEqual([true, 0, 0]);
    const fourth = ws.subscribe("t", { since });
    ws.terminate();
    for (const ended of [again, first, third]) {
      expect(await within("its end", ended)).toMatchObject({ recovered: false });
    }
    // Nobody knows what a connection that is lost has got
    await within("its end", fourth);
    await untilCounted(server, { closed: 1 });
    expect(server.topics.size).toBe(0);
  });

  test("server.history reads what is kept, as it was published", async () => {
    const server = await plainServer(OFFSETS);
    server.publish("t", "a");
    server.publish("t", Uint8Array.of(2));
    const all = await server.history("t");
    expect(all.messages.map(({ offset, data }) => [offset, data])).toEqual([
      [1, "a"],
      [2, Uint8Array.of(2)],
    ]);
    expect(await server.history("t", { last: 1 })).toEqual({
      epoch: all.epoch,
      offset: 2,
      messages: [{ topic: "t", data: Uint8Array.of(2), epoch: all.epoch, offset: 2 }],
      isComplete: true,
    });
    expect((await server.history("t", { since: { epoch: all.epoch, offset: 1 } })).messages).toHaveLength(1);
    expect((await server.history("t", { since: { epoch: "x", offset: 1 } })).isComplete).toBe(false);
  });

  test("a key is kept once", async () => {
    const server = await plainServer(OFFSETS);
    const { ws, received } = await member(server);
    void ws.subscribe("t");
    const first = server.publish("t", "a", { idempotencyKey: "k" });
    expect(server.publish("t", "a", { idempotencyKey: "k" })).toEqual({ ...first, sent: 0, isDuplicate: true });
    await settled({ ws, received, client: undefined as never });
    expect(received).toEqual(["1:a"]);
  });

  test("format makes what is sent; when it throws, this is logged and nobody gets the message", async () => {
    const logger = recordingLogger();
    const format = ({ data }: { readonly data: string | Uint8Array }) => {
      if (data === "bad") throw new Error("no");
      return data === "worse" ? (5 as unknown as string) : Buffer.from(`<${data}>`);
    };
    const server = await serving(idle, { compression: false, logger, topics: { history: true, format } });
    const [client, ws] = await connected(server);
    void ws.subscribe("t");
    expect(server.publish("t", "bad")).toMatchObject({ sent: 0, failed: 1, offset: 1 });
    expect(server.publish("t", "worse")).toMatchObject({ sent: 0, failed: 1, offset: 2 });
    server.publish("t", "good");
    await client.frame({ opcode: 2, payload: utf8("<good>") });
    const { epoch } = await server.history("t");
    expect(await ws.subscribe("t", { since: { epoch, offset: 0 } })).toMatchObject({ recovered: true });
    expect(logger.troubles.map(({ message }) => message)).toEqual(Array(4).fill("the option format failed"));
  });
});

describe("in several processes", () => {
  test("whoever comes back elsewhere gets what it missed", async () => {
    const { servers } = await topicServers(2, { topics: OFFSETS });
    const before = await member(servers[0]!);
    const { epoch, offset } = await before.ws.subscribe("t");
    servers[1]!.publish("t", "a");
    await settled(before);
    before.client.terminate();
    for (const text of ["b", "c"]) servers[0]!.publish("t", text);
    const after = await member(servers[1]!);
    const since = { epoch: epoch!, offset: offset! + 1 };
    expect(await after.ws.subscribe("t", { since })).toEqual({ recovered: true, epoch, offset: 3 });
    servers[0]!.publish("t", "d");
    await settled(after);
    expect([before.received, after.received]).toEqual([["1:a"], ["2:b", "3:c", "4:d"]]);
  });

  test("servers publish in turn: everybody gets the same, in the order of the offsets", async () => {
    const { servers } = await topicServers(3, { topics: OFFSETS });
    const members = await Promise.all(servers.map(member));
    await Promise.all(members.map(({ ws }) => ws.subscribe("t")));
    for (let index = 0; index < 60; index++) servers[index % 3]!.publish("t", `${index}`);
    await settled(...members);
    const expected = Array.from({ length: 60 }, (_, index) => `${index + 1}:${index}`);
    for (const { received } of members) expect(received).toEqual(expected);
  });

  test("an outage: subscribers here get what is published here without a place, and who recovers across it is told", async () => {
    const { engine, servers } = await topicServers(1, { topics: OFFSETS });
    const [server] = servers as [Server];
    const { ws, received, client } = await member(server);
    const { epoch } = await ws.subscribe("t");
    server.publish("t", "a");
    engine.goAway();
    await vi.waitFor(() => expect(server.metrics().backplane?.isConnected).toBe(false));
    const lost = server.publish("t", "b", { idempotencyKey: "k" });
    expect(lost).toMatchObject({ sent: 1 });
    expect(server.publish("t", "b", { idempotencyKey: "k" })).toMatchObject({ isDuplicate: true });
    await expect(lost.confirmed).rejects.toMatchObject({ code: "DISCONNECTED" });
    const away = await member(server);
    expect(await away.ws.subscribe("t", { since: { epoch: epoch!, offset: 0 } })).toMatchObject({ recovered: false });
    await expect(server.history("t")).rejects.toMatchObject({ name: "BackplaneError" });
    engine.comeBack();
    await vi.waitFor(() => expect(server.metrics().backplane?.isConnected).toBe(true));
    server.publish("t", "c");
    await settled({ ws, received, client });
    expect(received).toEqual(["1:a", "undefined:b", "2:c"]);
    const back = await member(server);
    expect(await back.ws.subscribe("t", { since: { epoch: epoch!, offset: 1 } })).toMatchObject({ recovered: false });
    server.publish("t", "d");
    const later = await member(server);
    expect(await later.ws.subscribe("t", { since: { epoch: epoch!, offset: 3 } })).toMatchObject({ recovered: true });
  });

  test("an engine that forgot: `lost` is called, and what it returns is sent", async () => {
    const losses: TopicLoss[] = [];
    const lost = (loss: TopicLoss) => {
      losses.push(loss);
      return `reload, from ${loss.offset}`;
    };
    const logger = recordingLogger();
    const { engine, servers } = await topicServers(1, { topics: { history: true, lost }, logger });
    const { ws, received, client } = await member(servers[0]!);
    await ws.subscribe("t");
    servers[0]!.publish("t", "a");
    engine.goAway();
    engine.comeBack({ isEmpty: true });
    await vi.waitFor(() => expect(losses).toHaveLength(1));
    servers[0]!.publish("t", "b");
    await settled({ ws, received, client });
    expect(received).toEqual(["a", "reload, from 0", "b"]);
    expect(losses).toEqual([{ topic: "t", epoch: expect.any(String), offset: 0 }]);
    expect(logger.troubles.map(({ message }) => message)).toContain("publications of a topic were lost");
  });

  test("an engine that keeps no history is refused where a topic needs one", async () => {
    const { engine } = await topicServers(0);
    const backplane = Object.assign(engine.backplane(), { keepsHistory: false });
    const server = await serving(idle, { backplane, topics: { history: true } });
    const rule = 'Cannot use the topic "t": history needs a backplane that keeps it, and memory does not';
    expect(() => server.publish("t", "x")).toThrow(rule);
    const { ws } = await member(server);
    expect(() => ws.subscribe("t")).toThrow(rule);
    expect([server.topics.size, ws.topics.size]).toEqual([0, 0]);
  });
});

describe("mistakes", () => {
  test.each<[topics: object, message: string]>([
    [{ history: 5 }, "Cannot serve: topics.history must be an object of options, got 5"],
    [{ history: { size: 5 } }, 'Cannot serve: in topics.history: there is no option "size", did you mean "maxAge"?'],
    [{ history: { maxCount: 0 } }, "Cannot serve: topics.history.maxCount must be an integer of at least 1"],
    [
      { history: { maxCount: Infinity } },
      "Cannot serve: topics.history.maxCount must be an integer of at least 1, got Infinity",
    ],
    [{ history: { maxAge: 0 } }, "Cannot serve: topics.history.maxAge must be a positive number of milliseconds"],
    [{ format: "json" }, 'Cannot serve: topics.format must be a function, got "json"'],
    [{ lost: {} }, "Cannot serve: topics.lost must be a function"],
  ])("%o", async (topics, message) => {
    await expect(serving(idle, { topics })).rejects.toThrow(message);
  });

  test.each<[options: object, message: string]>([
    [{ since: 5 }, "Cannot subscribe: since must be { epoch: string, offset: number of at least 0 }, got 5"],
    [
      { since: { epoch: "", offset: 1 } },
      'since must be { epoch: string, offset: number of at least 0 }, got {"epoch":""',
    ],
    [{ since: { epoch: "e", offset: -1 } }, "since must be { epoch: string, offset: number of at least 0 }, got"],
    [{ since: { epoch: "e", offset: "1" } }, "since must be { epoch: string, offset: number of at least 0 }, got"],
    [{ from: 1 }, 'Cannot subscribe: there is no option "from", did you mean'],
  ])("subscribe with %o", async (options, message) => {
    const server = await plainServer({ history: true });
    const { ws } = await member(server);
    expect(() => ws.subscribe("t", options as SubscribeOptions)).toThrow(message);
    expect([server.topics.size, ws.topics.size]).toEqual([0, 0]);
  });

  test.each<[topic: string, options: object, message: string]>([
    ["plain", {}, 'Cannot read the history: the topic "plain" has none'],
    ["t", { last: -1 }, "Cannot read the history: last must be an integer of at least 0, or Infinity, got -1"],
    ["t", { since: 1 }, "Cannot read the history: since must be"],
    ["", {}, "Cannot read the history: topic must be"],
    ["t", { lats: 1 }, 'Cannot read the history: there is no option "lats", did you mean "last"?'],
  ])("history of %j with %o", async (topic, options, message) => {
    const server = await plainServer((name) => (name === "t" ? { history: true } : undefined));
    await expect(server.history(topic, options as HistoryOptions)).rejects.toThrow(message);
  });

  test("a key that is none", async () => {
    const server = await plainServer({});
    expect(() => server.publish("t", "x", { idempotencyKey: "" })).toThrow(/^Cannot publish: idempotencyKey must be/);
  });
});
