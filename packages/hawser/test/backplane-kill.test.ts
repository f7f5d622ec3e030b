/**
 * The engine and a server are killed with SIGKILL in the middle of sequenced publications: every subscriber has every offset once,
 * or was told that something is missing.
 *
 * `HAWSER_PUBLICATIONS=200000` makes it longer. The processes use what was built.
 */

import { spawn } from "node:child_process";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { serveIpcBackplane } from "hawser/backplanes/ipc";
import { natsBackplane } from "hawser/backplanes/nats";
import { redisBackplane } from "hawser/backplanes/redis";
import type { Backplane } from "hawser/pubsub";
import { createClient } from "redis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { message, startNode } from "./support/backplane-node.ts";
import { pathOf, started } from "./support/child-processes.ts";
import { type Engine, freePort } from "./support/engines/engine.ts";
import { startNats } from "./support/engines/nats-server.ts";
import { startRedis } from "./support/engines/redis-server.ts";
import { describeWith } from "./support/programs.ts";
import { SequenceReader } from "./support/sequence-reader.ts";

const PUBLICATIONS = Number(process.env["HAWSER_PUBLICATIONS"] ?? 10_000);
const TIMEOUT = 60_000 + PUBLICATIONS * 10;
const HISTORY = { maxCount: 2 * PUBLICATIONS, maxAge: 3_600_000 };
/** Publications under way at the same time. */
const WINDOW = 64;

type EngineName = "redis" | "nats" | "ipc";

/** A process with a server, which can be killed and is then started again on the same port. */
class Worker {
  readonly port: number;
  readonly #engine: object;
  readonly #forked: (child: ReturnType<typeof spawn>) => void;
  #child: ReturnType<typeof spawn> | undefined;

  constructor(port: number, engine: object, forked: (child: ReturnType<typeof spawn>) => void) {
    this.port = port;
    this.#engine = engine;
    this.#forked = forked;
  }

  async start(): Promise<void> {
    const options = JSON.stringify({ ...this.#engine, port: this.port, history: HISTORY });
    const child = spawn(process.execPath, [pathOf("topic-worker"), options], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    this.#child = child;
    this.#forked(child);
    await started(child);
  }

  async killAndStart(): Promise<void> {
    this.#child!.kill("SIGKILL");
    await this.start();
  }
}

interface Stage {
  readonly name: EngineName;
  readonly engine: Engine | undefined;
  readonly publisher: Backplane;
  readonly forked: (child: ReturnType<typeof spawn>) => void;
}

/** What happens after how many publications. */
type Happenings = readonly (readonly [after: number, happens: (workers: readonly Worker[]) => Promise<void>])[];

/**
 * Publishes all numbers, each with a key and until it is confirmed, to two processes with three readers each.
 */
async function run(stage: Stage, happenings: Happenings) {
  const { name: engine } = stage;
  const engineOptions = { engine, enginePort: stage.engine?.port };
  const workers: Worker[] = [];
  for (let count = 0; count < 2; count++) workers.push(new Worker(await freePort(), engineOptions, stage.forked));
  await Promise.all(workers.map((worker) => worker.start()));
  const readers = workers.flatMap((worker) => [0, 1, 2].map(() => new SequenceReader(() => worker.port)));
  onTestFinished(async () => void (await Promise.all(readers.map((reader) => reader.stop()))));
  await vi.waitFor(() => expect(readers.every(({ returns }) => returns === 0)).toBe(true), { timeout: 10_000 });

  const publisher = await startNode(stage.publisher);
  const happening: Promise<void>[] = [];
  let next = 0;
  const publish = async () => {
    while (next < PUBLICATIONS) {
      const number = next++;
      for (const [after, happens] of happenings) if (after === number) happening.push(happens(workers));
      await untilConfirmed(publisher, number);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, publish));
  await Promise.all(happening);

  const page = await publisher.call((backplane) => backplane.history("numbers", HISTORY, { last: 0 }));
  const end = { epoch: page.epoch, offset: page.offset };
  await vi.waitFor(() => expect(readers.map(({ position }) => position)).toEqual(readers.map(() => end)), {
    timeout: 30_000,
    interval: 50,
  });
  expect(readers.flatMap(({ faults }) => faults)).toEqual([]);
  return { readers, end };
}

/** As a publisher does who must not lose anything: with a key, what is in doubt can be said again. */
async function untilConfirmed(publisher: Awaited<ReturnType<typeof startNode>>, number: number): Promise<void> {
  for (;;) {
    try {
      await publisher.publish(message("numbers", `${number}`, { key: `${number}` }), HISTORY);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const at = (share: number) => Math.floor(PUBLICATIONS * share);

async function killEngine(engine: Engine): Promise<void> {
  await engine.kill();
  await engine.start();
}

describeWith("redis-server", "Redis", () => {
  async function stage() {
    const engine = await startRedis();
    onTestFinished(() => engine.stop());
    const publisher = redisBackplane(createClient({ url: engine.url }));
    return { name: "redis", engine, publisher, forked: () => {} } as const;
  }

  test("a server is killed: its clients recover every offset", { timeout: TIMEOUT }, async () => {
    const { readers, end } = await run(await stage(), [[at(0.5), (workers) => workers[0]!.killAndStart()]]);
    expect(end.offset).toBe(PUBLICATIONS);
    expect(readers.map(({ losses }) => losses)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readers.map(({ data }) => data.size)).toEqual(Array(6).fill(PUBLICATIONS));
    expect(readers.map(({ returns }) => returns)).toEqual([1, 1, 1, 0, 0, 0]);
  });

  test("the engine is killed, which keeps nothing: everybody is told", { timeout: TIMEOUT }, async () => {
    const here = await stage();
    const { readers } = await run(here, [
      [at(0.3), () => killEngine(here.engine)],
      [at(0.7), (workers) => workers[0]!.killAndStart()],
    ]);
    for (const { losses } of readers) expect(losses).toBeGreaterThanOrEqual(1);
  });
});

describeWith("nats-server", "NATS", () => {
  test("engine and server are killed: nobody misses an offset", { timeout: TIMEOUT }, async () => {
    const engine = await startNats();
    onTestFinished(() => engine.stop());
    const servers = `127.0.0.1:${engine.port}`;
    const open = () => connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    const publisher = natsBackplane(open, { jetstream });
    const { readers, end } = await run({ name: "nats", engine, publisher, forked: () => {} }, [
      [at(0.3), () => killEngine(engine)],
      [at(0.7), (workers) => workers[0]!.killAndStart()],
    ]);
    expect(end.offset).toBe(PUBLICATIONS);
    expect(readers.map(({ losses }) => losses)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readers.map(({ data }) => data.size)).toEqual(Array(6).fill(PUBLICATIONS));
  });
});

describe("ipc", () => {
  test("a worker is killed: its clients recover every offset", { timeout: TIMEOUT }, async () => {
    const primary = serveIpcBackplane();
    onTestFinished(() => primary.close());
    const { readers, end } = await run(
      { name: "ipc", engine: undefined, publisher: primary.backplane(), forked: (child) => primary.add(child) },
      [[at(0.5), (workers) => workers[0]!.killAndStart()]],
    );
    expect(end.offset).toBe(PUBLICATIONS);
    expect(readers.map(({ losses }) => losses)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readers.map(({ data }) => data.size)).toEqual(Array(6).fill(PUBLICATIONS));
  });
});
