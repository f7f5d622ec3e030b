import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { natsBackplane } from "hawser/backplanes/nats";
import { redisBackplane } from "hawser/backplanes/redis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { message, startNode } from "../../../hawser/test/support/backplane-node.ts";
import { type Engine, freePort } from "../../../hawser/test/support/engines/engine.ts";
import { startNats } from "../../../hawser/test/support/engines/nats-server.ts";
import { startRedis } from "../../../hawser/test/support/engines/redis-server.ts";
import { describeWith } from "../../../hawser/test/support/programs.ts";
import { MemoryTerminal } from "../../test/support/memory-terminal.ts";
import { loadInstalled } from "./clients.ts";
import { publishCommand } from "./command.ts";

async function run(
  words: readonly string[],
  { input, absent = [] }: { input?: string | Uint8Array; absent?: string[] } = {},
) {
  const terminal = new MemoryTerminal();
  const load = (name: string) =>
    absent.includes(name)
      ? Promise.reject(Object.assign(new Error(), { code: "ERR_MODULE_NOT_FOUND" }))
      : loadInstalled(name);
  const readInput = async () => (input === undefined ? undefined : Buffer.from(input));
  const code = await publishCommand({ load, readInput }).run(words, terminal);
  return { code, output: terminal.output };
}

describeWith("redis-server", "hawser publish, to Redis", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startRedis();
  });
  afterAll(() => engine.stop());

  test.each<[what: string, absent: string[]]>([
    ["redis", []],
    ["ioredis", ["redis"]],
  ])("with %s: text, bytes, keys, standard input, sharded", async (_name, absent) => {
    const node = await startNode(redisBackplane(createClient({ url: engine.url })));
    const sharded = await startNode(redisBackplane(createClient({ url: engine.url }), { sharded: true, prefix: "s:" }));
    await node.subscribe("news");
    await sharded.subscribe("news");
    expect(await run([engine.url, "news", "hello"], { absent })).toEqual({ code: 0, output: "Published to news\n" });
    await run([engine.url.replace("redis:", "valkey:"), "news", "--key", "k"], { absent, input: "from a pipe\r\n" });
    await run([engine.url, "news", "--binary"], { absent, input: Uint8Array.of(255, 10) });
    await run([engine.url, "news", "to a shard", "--sharded", "--prefix", "s:"], { absent });
    await Promise.all([node.untilReceived(3), sharded.untilReceived(1)]);
    expect(node.received().map(({ publication }) => publication)).toEqual([
      message("news", "hello"),
      message("news", "from a pipe", { key: "k" }),
      message("news", Uint8Array.of(255, 10)),
    ]);
    expect(sharded.texts()).toEqual(["to a shard"]);
  });

  test("into a history, once", async () => {
    const words = [engine.url, "orders", "paid", "--key", "1", "--history", "10", "--history-age", "60"];
    expect((await run(words)).output).toMatch(/^Published to orders at offset 1 of epoch [\w-]+\n$/);
    expect((await run(words)).output).toMatch(/^Not published again: the key was seen before at offset 1 of epoch /);
  });
});

describeWith("nats-server", "hawser publish, to NATS", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startNats();
  });
  afterAll(() => engine.stop());

  test("live, and into a history", async () => {
    const servers = `127.0.0.1:${engine.port}`;
    const node = await startNode(natsBackplane(() => connect({ servers }), { jetstream }));
    await node.subscribe("a b");
    await run([engine.url, "a b", "live"], { absent: ["@nats-io/jetstream"] });
    expect((await run([engine.url, "a b", "kept", "--history", "5"])).output).toContain("at offset 1 of epoch");
    await node.untilReceived(2);
    expect(node.texts()).toEqual(["live", "kept"]);
  });

  test("a client that is missing is named", async () => {
    const live = run([engine.url, "t", "x"], { absent: ["@nats-io/transport-node"] });
    await expect(live).rejects.toThrow(
      "needs the package @nats-io/transport-node, which is not installed: npm install",
    );
    const kept = run([engine.url, "t", "x", "--history", "5"], { absent: ["@nats-io/jetstream"] });
    await expect(kept).rejects.toThrow("publishing to a history of NATS needs the package @nats-io/jetstream");
  });
});

describe("hawser publish", () => {
  test("--help", async () => {
    expect((await run(["--help"])).output).toContain("hawser publish <url of the engine> <topic> [message]");
  });

  test.each<[words: string[], text: string]>([
    [[], "the URL of the engine and the topic must be given."],
    [["redis://localhost"], "the URL of the engine and the topic must be given."],
    [["http://localhost", "t", "x"], "got http://localhost."],
    [["localhost:6379", "t", "x"], "the engine must be a URL such as redis://localhost:6379"],
    [
      ["redis://localhost", "t", "two", "words"],
      "the message must be one word, quoted if it has spaces; got words after it.",
    ],
    [["redis://localhost", "t"], "the message must be given, or come from standard input."],
    [["redis://localhost", "", "x"], 'the topic must have 1 to 255 characters and no control characters, got "".'],
    [["redis://localhost", "t", "x", "--key", "k".repeat(256)], "--key must have at most 255 characters, got 256."],
    [["nats://localhost", "t", "x", "--sharded"], "--sharded is for Redis."],
    [["redis://localhost", "t", "x", "--history-age", "5"], "--history-age needs --history."],
    [["redis://localhost", "t", "x", "--history", "0"], "--history must be a whole number of at least 1, got 0."],
  ])("%j is refused", async (words, text) => {
    await expect(run(words)).rejects.toThrow(text);
  });

  test("what can't be done says why", async () => {
    const port = await freePort();
    await expect(run([`redis://127.0.0.1:${port}`, "t", "x"])).rejects.toThrow(`127.0.0.1:${port} did not take it: `);
    await expect(run([`nats://127.0.0.1:${port}`, "t", "x"])).rejects.toThrow(`127.0.0.1:${port} did not take it: `);
    await expect(run(["redis://localhost", "t"], { input: Uint8Array.of(255) })).rejects.toThrow("--binary");
    await expect(run(["redis://localhost", "t", "x"], { absent: ["redis", "ioredis"] })).rejects.toThrow(
      "publishing to Redis needs the package redis or ioredis, which is not installed: npm install redis",
    );
  });
});
