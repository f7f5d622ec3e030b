/** What is said in the guide of Redis alone: names, what other programs may write, and when an epoch ends. */

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type RedisBackplaneOptions, redisBackplane } from "hawser/backplanes/redis";
import type { Backplane } from "hawser/pubsub";
import { Cluster, Redis } from "ioredis";
import { createClient, createCluster } from "redis";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { BackplaneNode, message, startNode } from "./support/backplane-node.ts";
import { Cable } from "./support/engines/cable.ts";
import type { Engine } from "./support/engines/engine.ts";
import { startRedis } from "./support/engines/redis-server.ts";
import { describeWith } from "./support/programs.ts";

const LIMITS = { maxCount: 100, maxAge: 60_000 };

describeWith("redis-server", "the Redis backplane", () => {
  let engine: Engine;
  let redis: ReturnType<typeof client>;
  beforeAll(async () => {
    engine = await startRedis();
    redis = client();
    await redis.connect();
  });
  afterAll(async () => {
    redis.destroy();
    await engine.stop();
  });
  beforeEach(() => redis.flushAll());

  const client = () => createClient({ url: engine.url });
  const create = (options?: RedisBackplaneOptions): Backplane => redisBackplane(client(), options);
  const node = (options?: RedisBackplaneOptions): Promise<BackplaneNode> => startNode(create(options));
  const page = (of: BackplaneNode, topic: string) => of.call((one) => one.history(topic, LIMITS, { last: 100 }));

  test.each<[RedisBackplaneOptions, string]>([
    [{}, "hawser:topic:news"],
    [{ prefix: "chat/" }, "chat/topic:news"],
    // CRC-16/XMODEM of "news" is 0x5429
    [{ sharded: true }, "hawser:{41}:topic:news"],
    [{ sharded: true, partitions: 1 }, "hawser:{0}:topic:news"],
  ])("with %j other programs publish to %s", async (options, channel) => {
    const a = await node(options);
    await a.subscribe("news");
    const publish = (text: string) => (options.sharded ? redis.sPublish(channel, text) : redis.publish(channel, text));
    await publish("bare");
    await publish('{"hawser":1,"key":"k","compress":false}\nwith an envelope');
    await publish('{"hawser":2}\nof the future');
    await a.untilReceived(2);
    await a.untilTold("rejected");
    expect(a.received().map(({ publication }) => publication)).toEqual([
      message("news", "bare"),
      message("news", "with an envelope", { key: "k", compress: false }),
    ]);
    expect(a.events.at(-1)).toEqual({ type: "rejected", reason: "news: hawser must be 1, got 2" });
  });

  test("the guide's lines for redis-cli", async () => {
    const guide = readFileSync(new URL("../../../docs/guides/backplanes.md", import.meta.url), "utf8");
    const lines = guide.split("\n").filter((line) => line.startsWith("redis-cli "));
    const a = await node();
    await a.subscribe("news");
    for (const line of lines) {
      const { status } = spawnSync("bash", ["-c", line.replace("redis-cli", `redis-cli -p ${engine.port}`)]);
      expect(status).toBe(0);
    }
    await a.untilReceived(2);
    expect(a.received().map(({ publication }) => publication)).toEqual([
      message("news", "hello everybody"),
      message("news", "Backup done.", { key: "night-1" }),
    ]);
  });

  test("a client's own keyPrefix is not put before them", async () => {
    const a = await startNode(redisBackplane(new Redis(engine.url, { lazyConnect: true, keyPrefix: "mine:" })));
    await a.subscribe("news");
    await redis.publish("hawser:topic:news", "bare");
    await a.untilReceived(1);
    await a.publish(message("news", "x"), LIMITS);
    expect((await redis.keys("*")).toSorted()).toEqual(["hawser:{41}:head:news", "hawser:{41}:log:news"]);
  });

  test("keys have the names that are documented, and an end", async () => {
    const a = await node();
    await a.publish(message("news", "x", { key: "order 1" }), LIMITS);
    await a.backplane.presence!.keep("news", [{ id: "1", data: "null" }], 10_000);
    const keys = (await redis.keys("*")).toSorted();
    expect(keys).toEqual([
      "hawser:{41}:head:news",
      "hawser:{41}:key:news\norder 1",
      "hawser:{41}:log:news",
      "hawser:{41}:members:news",
      "hawser:{41}:until:news",
    ]);
    for (const key of keys) expect(await redis.pTTL(key)).toBeGreaterThan(5_000);
  });

  test("scripts that the server forgot are sent again", async () => {
    const a = await node();
    const { position } = await a.publish(message("t", "1"), LIMITS);
    await redis.scriptFlush();
    expect((await a.publish(message("t", "2"), LIMITS)).position).toEqual({ ...position, offset: 2 });
  });

  test("a history that was flushed begins another epoch, one that was evicted is not complete", async () => {
    const a = await node();
    const { position } = await a.publish(message("t", "1"), LIMITS);
    await redis.del("hawser:{19}:log:t");
    const since = { ...position!, offset: 0 };
    const rest = await a.call((one) => one.history("t", LIMITS, { since }));
    expect(rest).toEqual({ ...position, publications: [], isComplete: false });
    await redis.flushAll();
    const { position: next } = await a.publish(message("t", "1"), LIMITS);
    expect(next!.offset).toBe(1);
    expect(next!.epoch).not.toBe(position!.epoch);
  });

  test("a replica that took over, and may lack the latest, begins another epoch", async () => {
    const a = await node();
    const { position } = await a.publish(message("t", "1"), LIMITS);
    await redis.hSet("hawser:{19}:head:t", "server", "0123456789");
    const { position: next } = await a.publish(message("t", "2"), LIMITS);
    expect(next!.offset).toBe(1);
    expect(next!.epoch).not.toBe(position!.epoch);
    expect((await page(a, "t")).publications.map(({ data }) => data)).toEqual(["2"]);
  });

  test("what others wrote into a stream is no history", async () => {
    const a = await node();
    const { position } = await a.publish(message("t", "1"), LIMITS);
    await redis.xAdd("hawser:{19}:log:t", "*", { publication: "junk" });
    const asked = await a.call((one) => one.history("t", LIMITS, { since: { ...position!, offset: 0 } }));
    expect(asked).toEqual({ ...position, publications: [], isComplete: false });
    expect(a.events.map(({ type }) => type)).toEqual(["rejected"]);
  });

  test("a connection that is alive and passes nothing on is given up", async () => {
    const cable = new Cable(engine.port);
    await cable.lay();
    onTestFinished(() => cable.remove());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const a = await startNode(redisBackplane(createClient({ url: `redis://127.0.0.1:${cable.port}` })));
    await a.subscribe("t");
    cable.freeze();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(a.events.map(({ type }) => type)).toEqual(["disconnected"]);
    await expect(a.publish(message("t", "x"))).rejects.toMatchObject({ code: "DISCONNECTED" });
  });

  test.each([
    ["redis", (port: number) => createClient({ url: `redis://127.0.0.1:${port}` })],
    ["ioredis", (port: number) => new Redis(port, "127.0.0.1", { lazyConnect: true })],
  ])("%s: a server that accepts connections and says nothing is away", async (_name, make) => {
    const silent = createServer().listen(0, "127.0.0.1");
    const sockets: Socket[] = [];
    silent.on("connection", (socket) => void sockets.push(socket.on("error", () => {})));
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const one = new BackplaneNode(redisBackplane(make((silent.address() as AddressInfo).port)));
    let hasStarted = false;
    void one.backplane.start(one.receiver).then(() => {
      hasStarted = true;
    });
    await vi.waitFor(() => expect(sockets.length).toBeGreaterThanOrEqual(2));
    await vi.advanceTimersByTimeAsync(11_000);
    expect([hasStarted, one.events.map(({ type }) => type)]).toEqual([true, ["disconnected"]]);
    await one.backplane.close();
    for (const socket of sockets) socket.destroy();
  });

  test.each([
    ["redis", () => createClient({ url: engine.url, username: "nobody", password: "wrong" })],
    ["ioredis", () => new Redis(engine.url, { lazyConnect: true, username: "nobody", password: "wrong" })],
  ])("%s: what no further attempt mends rejects", async (_name, make) => {
    const one = redisBackplane(make());
    onTestFinished(() => one.close());
    const receiver = { received() {}, gap() {}, connected() {}, disconnected() {}, rejected() {} };
    await expect(one.start(receiver)).rejects.toThrow("WRONGPASS");
  });

  test.each<[RedisBackplaneOptions, string]>([
    [{ prefix: "a{b}" }, 'prefix must be a string without braces, got "a{b}"'],
    [{ partitions: 100 }, "partitions must be a power of two from 1 to 16384, got 100"],
    [{ sharded: 1 as unknown as boolean }, "sharded must be a boolean, got 1"],
  ])("%j is refused", (options, text) => {
    expect(() => create(options)).toThrow(`Cannot make a Redis backplane: ${text}`);
  });

  test.each([
    ["redis", () => createCluster({ rootNodes: [{ url: engine.url }] })],
    ["ioredis", () => new Cluster([{ host: "127.0.0.1", port: engine.port }], { lazyConnect: true })],
  ])("a cluster's client of %s is refused", (_name, make) => {
    expect(() => redisBackplane(make() as never)).toThrow("client must be that of one server, got a cluster's");
  });

  test("no client is refused", () => {
    expect(() => redisBackplane("redis://localhost" as never)).toThrow(
      "Cannot make a Redis backplane: client must be a client of redis or ioredis, got redis://localhost",
    );
  });
});
