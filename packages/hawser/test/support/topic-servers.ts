/**
 * Servers that share an engine in memory, and clients of theirs that are subscribed, for tests of topics.
 */

import { setImmediate } from "node:timers/promises";
import { type ClientConnection, connect, type ServeOptions, type Server, type ServerConnection } from "hawser";
import { type MemoryEngine, memoryEngine } from "hawser/pubsub";
import { onTestFinished, vi } from "vitest";
import { idle, serving } from "./serving.ts";

export interface TopicServers {
  readonly engine: MemoryEngine;
  readonly servers: readonly Server[];
}

/** So many servers on one engine. */
export async function topicServers(count: number, options: ServeOptions = {}): Promise<TopicServers> {
  const engine = memoryEngine();
  const servers: Server[] = [];
  for (let index = 0; index < count; index++) {
    servers.push(await serving(idle, { compression: false, ...options, backplane: engine.backplane() }));
  }
  return { engine, servers };
}

export interface Member {
  readonly client: ClientConnection;
  readonly ws: ServerConnection;
  /** The messages that came so far. */
  readonly received: readonly string[];
}

/** A client of a server, and its connection there. */
export async function member(server: Server): Promise<Member> {
  const before = new Set(server.connections);
  const client = await connect(`ws://127.0.0.1:${server.port}`, { compression: false });
  onTestFinished(() => client.terminate());
  const ws = await vi.waitFor(() => {
    const added = [...server.connections].find((connection) => !before.has(connection));
    if (added === undefined) throw new Error("the server has not accepted the client yet");
    return added;
  });
  const received: string[] = [];
  void (async () => {
    for await (const message of client) received.push(String(message));
  })().catch(() => {});
  return { client, ws, received };
}

let marks = 0;

/** All that was sent to these so far has arrived: what is sent in order arrives in order. */
export async function settled(...members: readonly Member[]): Promise<void> {
  // What is passed on between servers is, in promise jobs
  await setImmediate();
  await Promise.all(
    members.map(async ({ ws, received }) => {
      if (ws.state !== "open") return;
      const mark = `mark ${++marks}`;
      void ws.send(mark);
      await vi.waitFor(
        () => {
          if (received.at(-1) !== mark) throw new Error("the mark has not come yet");
        },
        { timeout: 8_000, interval: 2 },
      );
      (received as string[]).pop();
    }),
  );
}
