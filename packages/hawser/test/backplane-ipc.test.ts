/** Between processes; they use what was built. */

import { ipcBackplane, serveIpcBackplane } from "hawser/backplanes/ipc";
import type { Backplane } from "hawser/pubsub";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { backplaneContract } from "./backplane-contract.ts";
import { type BackplaneNode, message, startNode } from "./support/backplane-node.ts";
import { type ChannelEnd, channelPair } from "./support/channel-pair.ts";
import { endForks, forkBackplane } from "./support/remote-backplane.ts";

/** A primary that can stop serving, and begin anew. */
class Primary {
  readonly #workers: Parameters<ReturnType<typeof serveIpcBackplane>["add"]>[0][] = [];
  #server = serveIpcBackplane();
  #isStopped = false;

  constructor() {
    onTestFinished(() => this.stop());
  }

  add(worker: Parameters<ReturnType<typeof serveIpcBackplane>["add"]>[0]): void {
    this.#workers.push(worker);
    if (!this.#isStopped) this.#server.add(worker);
  }

  get backplane(): Backplane {
    return this.#server.backplane();
  }

  stop(): void {
    this.#isStopped = true;
    this.#server.close();
  }

  begin(): void {
    this.#isStopped = false;
    this.#server = serveIpcBackplane();
    for (const worker of this.#workers) this.#server.add(worker);
  }
}

afterAll(endForks);

const KEPT = { keepsHistory: true, keepsPresence: true };

backplaneContract("ipc, over a channel in this process", async () => {
  const primary = new Primary();
  const create = async () => {
    const [channel, other] = channelPair();
    primary.add(other);
    return ipcBackplane({ channel });
  };
  return { create, breakLink: () => primary.stop(), restoreLink: () => primary.begin(), ...KEPT };
});

backplaneContract("ipc, between processes", async () => {
  const primary = new Primary();
  const create = async () => {
    const remote = await forkBackplane();
    primary.add(remote.process);
    return remote;
  };
  return { create, breakLink: () => primary.stop(), restoreLink: () => primary.begin(), ...KEPT };
});

async function nodeOf(primary: Primary): Promise<readonly [BackplaneNode, worker: ChannelEnd, primary: ChannelEnd]> {
  const [channel, other] = channelPair();
  primary.add(other);
  return [await startNode(ipcBackplane({ channel })), channel, other];
}

describe("the ipc backplane", () => {
  test("a worker that is killed leaves nothing behind: others hear of its members' end at once", async () => {
    const primary = new Primary();
    const remote = await forkBackplane();
    primary.add(remote.process);
    const killed = await startNode(remote);
    const [a] = await nodeOf(primary);
    await a.subscribe("room");
    await killed.subscribe("room");
    const record = { id: "1", data: '"Ada"' };
    await killed.backplane.presence!.keep("room", [record], 60_000);
    await a.backplane.presence!.keep("room", [{ id: "2", data: '"Grace"' }], 60_000);
    remote.process.kill("SIGKILL");
    await a.untilReceived(1);
    expect(a.received()[0]!.publication).toEqual(message("room", JSON.stringify(record), { kind: "leave" }));
    expect(await a.backplane.presence!.list("room")).toEqual([{ id: "2", data: '"Grace"' }]);
    await a.publish(message("room", "still there"), { maxCount: 10, maxAge: 1_000 });
  });

  test("the primary's end is a loss, and what was asked rejects", async () => {
    const [a, channel] = await nodeOf(new Primary());
    const asked = a.publish(message("t", "x"));
    channel.disconnect();
    await expect(asked).rejects.toMatchObject({ code: "FAILED" });
    await a.untilTold("disconnected");
    await expect(a.publish(message("t", "x"))).rejects.toMatchObject({ code: "DISCONNECTED" });
  });

  test("the primary itself takes part", async () => {
    const primary = new Primary();
    const own = await startNode(primary.backplane);
    const [a] = await nodeOf(primary);
    await own.subscribe("t");
    await a.subscribe("t");
    await own.publish(message("t", "from the primary"));
    await a.publish(message("t", "from a worker"));
    await Promise.all([own.untilReceived(1), a.untilReceived(1)]);
    expect([own.texts(), a.texts()]).toEqual([["from a worker"], ["from the primary"]]);
  });

  test("a worker that takes nothing loses publications, and is told so when it takes them again", async () => {
    const primary = new Primary();
    const [slow, , other] = await nodeOf(primary);
    const [a] = await nodeOf(primary);
    await slow.subscribe("t");
    const release = other.hold();
    const megabyte = "x".repeat(1_048_576);
    for (let count = 0; count < 20; count++) await a.publish(message("t", megabyte));
    release();
    await slow.untilTold("gap");
    expect(slow.received().length).toBe(17);
    await a.publish(message("t", "after"));
    await slow.untilReceived(18);
  });

  test("what others send through the channel is left alone", async () => {
    const [channel, other] = channelPair();
    const primary = new Primary();
    primary.add(other);
    const node = await startNode(ipcBackplane({ channel }));
    for (const strange of [null, "text", { hawserBackplane: 2, messages: [{ type: "bye" }] }, { messages: 1 }]) {
      channel.emit("message", strange);
      other.emit("message", strange);
    }
    await node.subscribe("t");
    expect(node.events).toEqual([]);
  });

  test("a cluster's workers are served as they are forked", async () => {
    const listeners = new Map<string, (worker: ChannelEnd) => void>();
    const [[first, firstEnd], [second, secondEnd]] = [channelPair(), channelPair()];
    const server = serveIpcBackplane({
      workers: { "1": firstEnd },
      on: (event: string, listener: (worker: ChannelEnd) => void) => listeners.set(event, listener),
      off: (event: string) => listeners.delete(event),
    });
    onTestFinished(() => server.close());
    listeners.get("fork")?.(secondEnd);
    const [a, b] = [
      await startNode(ipcBackplane({ channel: first })),
      await startNode(ipcBackplane({ channel: second })),
    ];
    await b.subscribe("t");
    await a.publish(message("t", "x"));
    await b.untilReceived(1);
    server.close();
    expect(listeners.size).toBe(0);
    await vi.waitFor(() => expect(a.events).toEqual([{ type: "disconnected" }]));
  });

  test("a process that nobody forked can't start", async () => {
    const [channel] = channelPair();
    const alone = { on: () => channel, off: () => channel };
    await expect(startNode(ipcBackplane({ channel: alone }))).rejects.toThrow(
      "Cannot start: the ipc backplane needs a process that node:cluster or child_process.fork started",
    );
  });

  test("a primary that does not serve is away, until it does", { timeout: 10_000 }, async () => {
    const [channel, other] = channelPair();
    const node = await startNode(ipcBackplane({ channel }));
    expect(node.events).toEqual([{ type: "disconnected" }]);
    new Primary().add(other);
    await node.untilTold("connected");
  });
});
