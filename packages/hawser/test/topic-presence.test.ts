/**
 * Who is present, in processes that share an engine, under a fake clock.
 */

import { type ClientConnection, connect, type PresenceEvent, type ServerConnection, type TopicsOption } from "hawser";
import { memoryEngine } from "hawser/pubsub";
import { connectedPair, FakeClock } from "hawser/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { silentLogger } from "../src/node/logger.ts";
import { TimingWheel } from "../src/node/timing-wheel.ts";
import { resolveTopics } from "../src/node/topic-options.ts";
import { ServerTopics } from "../src/node/topics.ts";
import { recordingLogger, serving } from "./support/serving.ts";

interface Present {
  readonly ws: ServerConnection;
  readonly client: ClientConnection;
  readonly leave: () => void;
}

/** A process: its clock stands still when it is stopped. */
class Process {
  readonly clock = new FakeClock();
  readonly topics: ServerTopics;
  readonly events: string[] = [];

  constructor(engine: ReturnType<typeof memoryEngine>, settings: TopicsOption = {}) {
    const announce = ({ type, member }: PresenceEvent) => {
      this.events.push(`${type} ${String(member.data)}`);
      return undefined;
    };
    const settingsOf = resolveTopics({ presence: { announce }, ...settings }, "close");
    const wheel = new TimingWheel(this.clock);
    this.topics = new ServerTopics({ settingsOf, backplane: engine.backplane(), wheel, logger: silentLogger });
  }

  join(data?: unknown): Present {
    const { client, server: ws } = connectedPair();
    const options = data === undefined ? {} : { presence: data };
    void this.topics.subscribe(ws, "t", options);
    return { ws, client, leave: () => this.topics.leave(ws) };
  }

  async names(): Promise<readonly unknown[]> {
    return (await this.topics.present("t")).map(({ data }) => data).toSorted();
  }
}

/** Processes that are alive, and the engine's clock, which goes on. */
class World {
  readonly clock = new FakeClock();
  readonly engine = memoryEngine({ clock: this.clock });
  readonly alive: Process[] = [];

  async start(settings?: TopicsOption): Promise<Process> {
    const process = new Process(this.engine, settings);
    await process.topics.start();
    this.alive.push(process);
    return process;
  }

  kill(process: Process): void {
    this.alive.splice(this.alive.indexOf(process), 1);
  }

  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await this.clock.advance(1_000);
      for (const { clock } of this.alive) await clock.advance(1_000);
    }
  }
}

describe("members", () => {
  test("come and go with their subscriptions, and every process with subscribers is told once", async () => {
    const world = new World();
    const [a, b, far] = [await world.start(), await world.start(), await world.start()];
    a.join();
    await world.advance(1_000);
    const ada = a.join("Ada");
    const grace = b.join("Grace");
    await world.advance(1_000);
    expect([await a.names(), await far.names()]).toEqual([
      ["Ada", "Grace"],
      ["Ada", "Grace"],
    ]);
    expect(await far.topics.countPresent("t")).toBe(2);
    ada.leave();
    await world.advance(1_000);
    b.topics.unsubscribe(grace.ws, "t");
    await world.advance(1_000);
    expect(await far.names()).toEqual([]);
    expect(a.events).toEqual(["join Ada", "join Grace", "leave Ada", "leave Grace"]);
    // Those who were there when it came did not just come
    expect(b.events).toEqual(["join Grace", "leave Ada", "leave Grace"]);
    expect(far.events).toEqual([]);
  });

  test("stay as long as their process says that they are there", async () => {
    const world = new World();
    const [a, b] = [await world.start(), await world.start()];
    a.join("Ada");
    b.join();
    await world.advance(300_000);
    expect([await b.names(), b.events]).toEqual([["Ada"], []]);
  });

  test("of a process that was killed are gone after their time, and the others are told", async () => {
    const world = new World();
    const [a, b] = [await world.start(), await world.start()];
    b.join("Grace");
    await world.advance(1_000);
    a.join("Ada");
    a.join("Alan");
    await world.advance(1_000);
    world.kill(a);
    await world.advance(58_000);
    expect(await b.names()).toEqual(["Ada", "Alan", "Grace"]);
    await world.advance(3_000);
    expect(await b.names()).toEqual(["Grace"]);
    // Noticed with the next heartbeat at the latest
    await world.advance(20_000);
    expect(b.events).toEqual(["join Grace", "join Ada", "join Alan", "leave Ada", "leave Alan"]);
  });

  test("are there again after the engine lost its memory", async () => {
    const world = new World();
    const [a, b] = [await world.start(), await world.start()];
    a.join("Ada");
    b.join("Grace");
    await world.advance(1_000);
    world.engine.goAway();
    await world.advance(100_000);
    await expect(a.names()).rejects.toMatchObject({ name: "BackplaneError" });
    world.engine.comeBack({ isEmpty: true });
    await world.advance(1_000);
    expect(await a.names()).toEqual(["Ada", "Grace"]);
    expect(a.events.filter((event) => event.startsWith("leave"))).toEqual([]);
  });

  test("that the engine tells and that are none are left out", async () => {
    const world = new World();
    const a = await world.start();
    const stranger = world.engine.backplane();
    stranger.presence!.keep(
      "t",
      [
        { id: "", data: "1" },
        { id: "1", data: "no JSON" },
      ],
      60_000,
    );
    a.join("Ada");
    await world.advance(30_000);
    expect(a.events).toEqual(["join Ada"]);
    expect(await a.names()).toEqual(["Ada", undefined]);
  });
});

describe("a server", () => {
  const topics: TopicsOption = {
    presence: { announce: ({ type, topic, member }) => JSON.stringify([type, topic, member.data]) },
  };

  test("sends its subscribers what `announce` returns, the newcomer too", async () => {
    const server = await serving(
      {
        open: (ws) => void ws.subscribe("room", { presence: { name: ws.request.url.searchParams.get("name") } }),
        message() {},
      },
      { topics },
    );
    const open = async (name: string) => {
      const client = await connect(`ws://127.0.0.1:${server.port}/?name=${name}`);
      onTestFinished(() => client.terminate());
      return client;
    };
    const ada = await open("Ada");
    expect(await ada.recv()).toBe('["join","room",{"name":"Ada"}]');
    const grace = await open("Grace");
    expect(await ada.recv()).toBe('["join","room",{"name":"Grace"}]');
    const ids = [...server.connections].map(({ id }) => id);
    expect((await server.presence("room")).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(await server.presenceCount("room")).toBe(2);
    await grace.close();
    expect(await ada.recv()).toBe('["leave","room",{"name":"Grace"}]');
    expect(await server.presenceCount("room")).toBe(1);
  });

  test("logs what `announce` throws", async () => {
    const logger = recordingLogger();
    const announce = () => {
      throw new Error("no");
    };
    const server = await serving(
      { open: (ws) => void ws.subscribe("room", { presence: 1 }), message() {} },
      { topics: { presence: { announce } }, logger },
    );
    const client = await connect(`ws://127.0.0.1:${server.port}`);
    await client.ping();
    expect(logger.troubles).toMatchObject([
      { message: "the option presence.announce failed", fields: { topic: "room" } },
    ]);
    client.terminate();
  });

  test.each<[presence: unknown, message: string]>([
    [() => 1, "Cannot subscribe: presence must be something that JSON can say, got function"],
    ["x".repeat(4_095), "Cannot subscribe: presence must have at most 4096 characters as JSON, got 4097"],
  ])("refuses members such as %s", async (presence, message) => {
    const world = new World();
    const a = await world.start();
    const { server: ws } = connectedPair();
    expect(() => a.topics.subscribe(ws, "t", { presence })).toThrow(message);
  });

  test("refuses presence where there is none", async () => {
    const server = await serving({ message() {} });
    const { server: ws } = connectedPair();
    const rule = 'the topic "t" has no presence';
    expect(() => ws.subscribe("t", { presence: 1 })).toThrow(`Cannot subscribe with presence: ${rule}`);
    await expect(server.presence("t")).rejects.toThrow(`Cannot tell who is present: ${rule}`);
    await expect(server.presenceCount("t")).rejects.toThrow(rule);
    expect(ws.topics.size).toBe(0);
  });

  test.each<[presence: unknown, message: string]>([
    [5, "Cannot serve: topics.presence must be an object of options, got 5"],
    [{ ttl: 0 }, "Cannot serve: topics.presence.ttl must be a positive number of milliseconds, got 0"],
    [{ announce: 1 }, "Cannot serve: topics.presence.announce must be a function, got 1"],
    [{ tll: 1 }, 'Cannot serve: in topics.presence: there is no option "tll", did you mean "ttl"?'],
  ])("refuses the option %j", async (presence, message) => {
    await expect(serving({ message() {} }, { topics: { presence: presence as true } })).rejects.toThrow(message);
  });

  test("refuses an engine that keeps nobody", async () => {
    const backplane = Object.assign(memoryEngine().backplane(), { presence: undefined });
    const server = await serving({ message() {} }, { backplane, topics: { presence: true } });
    expect(() => server.publish("t", "x")).toThrow(
      'Cannot use the topic "t": presence needs a backplane that keeps it, and memory does not',
    );
  });
});
