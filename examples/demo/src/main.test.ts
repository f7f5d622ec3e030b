import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { connect } from "hawser";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startRedis } from "../../../packages/hawser/test/support/engines/redis-server.ts";
import { describeWith } from "../../../packages/hawser/test/support/programs.ts";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

interface Demo {
  readonly process: ChildProcess;
  /** What it has printed so far, both streams. */
  readonly output: () => string;
  /** The exit code, once all output is there. */
  readonly ended: Promise<number | null>;
}

let demos: Demo[] = [];

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build" first`);
});

afterEach(async () => {
  for (const { process: child } of demos) if (child.exitCode === null) child.kill("SIGKILL");
  await Promise.all(demos.map(({ ended }) => ended));
  demos = [];
});

function start(environment: Record<string, string>): Demo {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, HOST: "127.0.0.1", ...environment } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const demo = { process: child, output: () => output, ended: once(child, "close").then(([code]) => code) };
  demos.push(demo);
  return demo;
}

/** Once it listens. */
async function addressOf({ output }: Demo): Promise<string> {
  await expect.poll(output, { timeout: 20_000 }).toContain("Ctrl-C stops it gracefully\n");
  return /^Hawser demo: http:\/\/(127\.0\.0\.1:\d+)\/\n/m.exec(output())![1]!;
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "says where it listens; %s closes with 1001 and exit code 0",
  async (signal) => {
    const started = start({ PORT: "0" });
    const address = await addressOf(started);
    const { process: child, output, ended } = started;
    const client = await connect(`ws://${address}/echo`);
    await client.send("ahoy");
    expect(await client.recv()).toBe("ahoy");
    child.kill(signal);
    await client.waitClosed();
    expect(client.closeCode).toBe(1001);
    expect(await ended).toBe(0);
    expect(output().match(/^info /gm)).toHaveLength(2);
    expect(output().endsWith("Hawser demo: stopped\n")).toBe(true);
  },
);

test("a port that another program has: the remedy, and exit code 1", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { output, ended } = start({ PORT: String(port) });
  expect(await ended).toBe(1);
  expect(output()).toMatch(/^Hawser demo: port \d+ is taken by another program\. .* PORT=\d+ npm start\n$/);
  other.close();
});

test.each(["harbour", "-1", "65536", "80.5"])("PORT=%s is refused with exit code 1", async (port) => {
  const { output, ended } = start({ PORT: port });
  expect(await ended).toBe(1);
  expect(output()).toBe(`Hawser demo: PORT must be a number from 0 to 65535, got "${port}"\n`);
});

/** Somebody in the room, and what he is told. */
async function join(address: string, name: string) {
  const client = await connect(`ws://${address}/chat?room=harbour&name=${name}`);
  const next = async () => JSON.parse(String(await client.recv()));
  return { client, next, welcome: await next() };
}

/** Two who are not in the same process: each knows of the other, hears what is said and what was said. */
async function expectOneRoom(addresses: readonly [string, string]): Promise<void> {
  const ada = await join(addresses[0], "Ada");
  expect(ada.welcome).toMatchObject({ type: "welcome", members: ["Ada"], history: [] });
  await ada.client.send("Anybody here?");
  expect(await ada.next()).toMatchObject({ type: "message", name: "Ada", text: "Anybody here?" });
  const grace = await join(addresses[1], "Ada");
  expect(grace.welcome).toMatchObject({
    name: "Ada 2",
    members: ["Ada", "Ada 2"],
    history: [{ text: "Anybody here?" }],
  });
  expect(await ada.next()).toEqual({ type: "joined", name: "Ada 2", members: ["Ada", "Ada 2"] });
  await grace.client.send("Yes");
  for (const { next } of [ada, grace])
    expect(await next()).toMatchObject({ type: "message", name: "Ada 2", text: "Yes" });
  await grace.client.close();
  expect(await ada.next()).toEqual({ type: "left", name: "Ada 2", members: ["Ada"] });
  await ada.client.close();
}

test("WORKERS=2: two processes on one port, and one room", async () => {
  const demo = start({ PORT: "0", WORKERS: "2" });
  const address = await addressOf(demo);
  // The primary hands out connections in turn
  await expectOneRoom([address, address]);
  expect(new Set(demo.output().match(/^\[\d+\] info/gm)).size).toBe(2);
  demo.process.kill("SIGTERM");
  expect(await demo.ended).toBe(0);
  expect(demo.output().endsWith("Hawser demo: stopped\n")).toBe(true);
}, 40_000);

test("WORKERS=2 and a port that another program has: the remedy, and exit code 1", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { output, ended } = start({ PORT: String(port), WORKERS: "2" });
  expect(await ended).toBe(1);
  expect(output()).toContain(`port ${port} is taken by another program`);
  other.close();
}, 40_000);

test.each([
  [{ WORKERS: "0" }, 'WORKERS must be a number from 1 to 64, got "0"'],
  [{ REDIS_URL: "localhost" }, 'REDIS_URL must be an address such as redis://localhost:6379, got "localhost"'],
])("%j is refused with exit code 1", async (environment, message) => {
  const { output, ended } = start(environment);
  expect(await ended).toBe(1);
  expect(output()).toBe(`Hawser demo: ${message}\n`);
});

describeWith("redis-server", "REDIS_URL", () => {
  test("two demos that know nothing of each other, and one room", async () => {
    const redis = await startRedis();
    try {
      const pair = [start({ PORT: "0", REDIS_URL: redis.url }), start({ PORT: "0", REDIS_URL: redis.url })] as const;
      await expectOneRoom([await addressOf(pair[0]), await addressOf(pair[1])]);
      for (const { process: child, ended } of pair) {
        child.kill("SIGTERM");
        expect(await ended).toBe(0);
      }
    } finally {
      await redis.stop();
    }
  }, 40_000);
});
