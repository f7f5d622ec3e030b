/** Connections between the supervisor and its workers: in nobody's hands for no moment. */

import type { Worker as ClusterWorker } from "node:cluster";
import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FromSupervisor, FromWorker, Place } from "./messages.ts";
import { unwrap, wrap } from "./messages.ts";
import type { Balance } from "./run-settings.ts";
import { Switchboard } from "./switchboard.ts";
import { WorkerProcess } from "./worker-process.ts";

const AT: Place = { port: 0, host: "127.0.0.1", backlog: 511 };

/** A worker's process that does what the test says; sockets stay in this process. */
class FakeProcess extends EventEmitter {
  readonly process = { pid: 1, kill: () => true };
  readonly heard: FromSupervisor[] = [];
  readonly sockets: { readonly id: number; readonly socket: Socket }[] = [];
  isBroken = false;
  readonly #arrivals = new EventEmitter();

  isConnected(): boolean {
    return true;
  }

  send(message: unknown, ...rest: unknown[]): boolean {
    const sent = rest.at(-1) as (error: Error | null) => void;
    if (this.isBroken) {
      process.nextTick(sent, new Error("EPIPE"));
      return false;
    }
    const ours = unwrap<FromSupervisor>(message)!;
    this.heard.push(ours);
    if (ours.type === "connection") this.sockets.push({ id: ours.socket, socket: rest[0] as Socket });
    this.#arrivals.emit("any");
    return true;
  }

  says(message: FromWorker): void {
    this.emit("message", wrap(message));
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#arrivals, "any", { signal: AbortSignal.timeout(5_000) });
  }
}

function board(balance: Balance["type"] = "round-robin", descriptors: readonly number[] = []): Switchboard {
  const switchboard = new Switchboard({ type: balance } as Balance, descriptors, () => {});
  onTestFinished(() => switchboard.close());
  return switchboard;
}

const EVENTS = { ready() {}, beat() {}, drained() {}, exited() {} };

/** A worker that serves. */
async function worker(switchboard: Switchboard, id: number, events: Partial<typeof EVENTS> = {}) {
  const fake = new FakeProcess();
  const link = new WorkerProcess(
    fake as unknown as ClusterWorker,
    { id, generation: 1 },
    { ...EVENTS, ...events },
    switchboard,
  );
  fake.says({ type: "hello" });
  fake.says({ type: "listen", place: 1, at: AT });
  await fake.until(() => fake.heard.some(({ type }) => type === "listening"));
  link.admit();
  const listening = fake.heard.find((message) => message.type === "listening");
  const { port } = (listening as { readonly address: { readonly port: number } }).address;
  return { fake, link, port };
}

function client(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Whoever has the socket can use it. */
async function reaches({ socket }: { readonly socket: Socket }, other: Socket): Promise<void> {
  socket.write("ahoy");
  expect(String((await once(other, "data"))[0])).toBe("ahoy");
}

describe("a connection", () => {
  test("is kept until the worker has it, and then let go", async () => {
    const { fake, link, port } = await worker(board(), 1);
    client(port);
    await fake.until(() => fake.sockets.length === 1);
    const { id, socket } = fake.sockets[0]!;
    expect([link.connections, socket.destroyed]).toEqual([1, false]);
    fake.says({ type: "taken", socket: id, connections: 1 });
    expect([link.connections, socket.destroyed]).toEqual([1, true]);
  });

  test.each<[what: string, happens: (fake: FakeProcess, id: number) => void]>([
    ["ends before it has it", (fake) => fake.emit("exit", null, "SIGKILL")],
    ["has closed that server", (fake, id) => fake.says({ type: "declined", socket: id })],
  ])("whose worker %s goes to another", async (_what, happens) => {
    const switchboard = board();
    const one = await worker(switchboard, 1);
    const ws = client(one.port);
    await one.fake.until(() => one.fake.sockets.length === 1);
    const other = await worker(switchboard, 2);
    happens(one.fake, one.fake.sockets[0]!.id);
    await other.fake.until(() => other.fake.sockets.length === 1);
    await reaches(other.fake.sockets[0]!, ws);
  });

  test("that cannot be sent goes to another, and that worker gets no more for a while", async () => {
    const switchboard = board();
    const one = await worker(switchboard, 1);
    const other = await worker(switchboard, 2);
    one.fake.isBroken = true;
    client(one.port);
    client(one.port);
    await other.fake.until(() => other.fake.sockets.length === 2);
    expect(one.link.connections).toBe(0);
  });

  test("that got lost on the way is sent again once a later one has arrived", async () => {
    const { fake, port } = await worker(board(), 1);
    const ws = client(port);
    await fake.until(() => fake.sockets.length === 1);
    client(port);
    await fake.until(() => fake.sockets.length === 2);
    fake.says({ type: "taken", socket: fake.sockets[1]!.id, connections: 1 });
    await fake.until(() => fake.sockets.length === 3);
    await reaches(fake.sockets[2]!, ws);
  });

  test("waits while nobody takes any, and outlives every worker", async () => {
    const switchboard = board();
    const one = await worker(switchboard, 1);
    one.link.drain(0, 1_012);
    one.fake.emit("exit", 0, null);
    const ws = client(one.port);
    await once(ws, "connect");
    const other = await worker(switchboard, 1);
    expect(other.port).toBe(one.port);
    await other.fake.until(() => other.fake.sockets.length === 1);
    await reaches(other.fake.sockets[0]!, ws);
  });

  test("does not go to a worker that drains or stops", async () => {
    const switchboard = board();
    const all = [await worker(switchboard, 1), await worker(switchboard, 2), await worker(switchboard, 3)];
    all[0]!.link.drain(0, 1_012);
    all[1]!.link.stop(1_001);
    for (let count = 0; count < 3; count++) client(all[0]!.port);
    await all[2]!.fake.until(() => all[2]!.fake.sockets.length === 3);
  });
});

describe("places", () => {
  test("that a worker has closed and nobody else wants are given up", async () => {
    const { fake, port } = await worker(board(), 1);
    fake.says({ type: "unlisten", place: 1, returns: false });
    const ws = client(port);
    const [error] = await once(ws, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("of a worker that is replaced stay", async () => {
    const { fake, port } = await worker(board(), 1);
    fake.says({ type: "unlisten", place: 1, returns: true });
    await once(client(port), "connect");
  });

  test("are not opened for a worker that was told to end while it started", async () => {
    const fake = new FakeProcess();
    const link = new WorkerProcess(fake as unknown as ClusterWorker, { id: 1, generation: 1 }, EVENTS, board());
    link.stop(1_001);
    fake.says({ type: "hello" });
    fake.says({ type: "listen", place: 1, at: AT });
    const other = await worker(board(), 2);
    expect(other.port).toBeGreaterThan(0);
    expect(fake.heard.map(({ type }) => type)).toEqual(["stop"]);
  });

  test("that are closed drop what comes back to them", async () => {
    const switchboard = board();
    const { fake, link, port } = await worker(switchboard, 1);
    const ws = client(port);
    await fake.until(() => fake.sockets.length === 1);
    switchboard.close();
    link.stop(1_001);
    fake.says({ type: "declined", socket: fake.sockets[0]!.id });
    await once(ws.resume(), "close");
  });

  test("that cannot be listened at are refused, with Node's code", async () => {
    const { port } = await worker(board(), 1);
    const fake = new FakeProcess();
    new WorkerProcess(fake as unknown as ClusterWorker, { id: 2, generation: 1 }, EVENTS, board());
    fake.says({ type: "hello" });
    fake.says({ type: "listen", place: 1, at: { ...AT, port } });
    await fake.until(() => fake.heard.length === 1);
    expect(fake.heard).toMatchObject([{ type: "refused", place: 1, code: "EADDRINUSE" }]);
  });
});

test("what is said before the worker listens waits", () => {
  const fake = new FakeProcess();
  const link = new WorkerProcess(fake as unknown as ClusterWorker, { id: 1, generation: 1 }, EVENTS, board());
  link.stop(1_001);
  expect(fake.heard).toEqual([]);
  fake.says({ type: "hello" });
  expect(fake.heard).toEqual([{ type: "stop", code: 1_001 }]);
});

test("what it counts is asked for", async () => {
  const { fake, link } = await worker(board(), 1);
  const collected = link.collect();
  const asked = fake.heard.find((message) => message.type === "collect");
  fake.says({ type: "snapshot", number: asked!.number, snapshot: [] });
  expect(await collected).toEqual([]);
  const last = [{ name: "messages_total", help: "", type: "counter", samples: [] }] as const;
  fake.says({ type: "snapshot", number: 0, snapshot: last });
  expect(link.counted).toEqual(last);
});

test("its end is told once, also of a process that could not be started", () => {
  const exits: unknown[] = [];
  const fake = new FakeProcess();
  Object.assign(fake.process, { pid: undefined });
  const events = { ...EVENTS, exited: (exit: unknown) => exits.push(exit) };
  new WorkerProcess(fake as unknown as ClusterWorker, { id: 1, generation: 1 }, events, board());
  fake.emit("error", new Error("EAGAIN"));
  fake.emit("exit", 1, null);
  expect(exits).toEqual([{ code: null, signal: null, failure: "EAGAIN" }]);
});
