/** What is told on channels of node:diagnostics_channel. */

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { broadcast, connect, type DiagnosticsMessages } from "hawser";
import { memoryEngine } from "hawser/pubsub";
import { expect, onTestFinished, test, vi } from "vitest";
import { answerTo, openClient, upgradeRequest } from "./support/raw-client.ts";
import { idle, serving, untilCounted } from "./support/serving.ts";

/** What comes on a channel, until the test ends. */
function listen<Name extends keyof DiagnosticsMessages>(name: Name): DiagnosticsMessages[Name][] {
  const messages: DiagnosticsMessages[Name][] = [];
  const listener = (message: unknown) => void messages.push(message as DiagnosticsMessages[Name]);
  subscribe(name, listener);
  onTestFinished(() => void unsubscribe(name, listener));
  return messages;
}

const PLAIN = { compression: false } as const;

test("servers, their connections and clients come and go", async () => {
  const listening = listen("hawser:server:listening");
  const closed = listen("hawser:server:closed");
  const opens = listen("hawser:connection:open");
  const closes = listen("hawser:connection:close");
  const clientOpens = listen("hawser:client:open");
  const clientCloses = listen("hawser:client:close");
  const server = await serving(idle, PLAIN);
  expect(listening).toEqual([{ server }]);
  const client = await connect(`ws://127.0.0.1:${server.port}`);
  expect(clientOpens).toEqual([{ connection: client }]);
  await vi.waitFor(() => expect(opens).toHaveLength(1));
  const [ws] = server.connections;
  expect(opens).toEqual([{ connection: ws, duration: expect.any(Number) }]);
  await client.close(4000, "bye");
  await untilCounted(server, { closed: 1 });
  const end = { code: 4000, reason: "bye", initiator: "client" };
  expect(closes).toEqual([{ connection: ws, ...end, duration: expect.any(Number) }]);
  expect(clientCloses).toEqual([{ connection: client, ...end }]);
  expect(closed).toEqual([]);
  await server.close();
  expect(closed).toEqual([{ server }]);
});

test("refused handshakes, and not the answers to other requests", async () => {
  const refusals = listen("hawser:connection:refused");
  const server = await serving(idle, {
    ...PLAIN,
    processRequest: ({ path }) => (path === "/probe" ? new Response("ok") : undefined),
  });
  await answerTo(server.port, "GET /probe HTTP/1.1\r\nHost: a\r\n\r\n");
  await answerTo(server.port, upgradeRequest("/x", { Origin: "https://evil.example" }));
  expect(refusals).toEqual([
    {
      remoteAddress: "127.0.0.1",
      request: expect.objectContaining({ path: "/x" }),
      status: 403,
      reason: "origin_not_allowed",
    },
  ]);
});

test("a client that answers no ping", async () => {
  const timeouts = listen("hawser:connection:ping-timeout");
  const closes = listen("hawser:connection:close");
  const server = await serving(idle, { ...PLAIN, pingInterval: 20, pingTimeout: 20, closeTimeout: 20 });
  await openClient(server.port);
  await untilCounted(server, { closed: 1 });
  expect(timeouts).toEqual([{ connection: closes[0]!.connection }]);
  expect(closes[0]).toMatchObject({ code: 1006, initiator: "server" });
});

test("broadcasts, publications and slow consumers", async () => {
  const broadcasts = listen("hawser:broadcast");
  const publications = listen("hawser:publish");
  const slow = listen("hawser:connection:slow");
  const server = await serving(idle, { ...PLAIN, slowConsumer: { maxBuffered: 1_024, policy: "skip" } });
  const client = await openClient(server.port);
  await untilCounted(server, { connections: 1 });
  const [ws] = server.connections;
  await ws!.subscribe("t");
  server.publish("t", "é");
  expect(publications).toEqual([{ topic: "t", sent: 1, skipped: 0, failed: 0 }]);
  expect(broadcasts).toEqual([{ bytes: 2, sent: 1, skipped: 0, failed: 0, duration: expect.any(Number) }]);
  client.stopReading();
  await vi.waitFor(() => expect(broadcast(server.connections, new Uint8Array(1_048_576)).skipped).toBe(1));
  expect(slow[0]).toEqual({ connection: ws, action: "skip", bufferedAmount: expect.any(Number) });
});

test("the backplane goes away and comes back", async () => {
  const ups = listen("hawser:backplane:up");
  const downs = listen("hawser:backplane:down");
  const backplane = memoryEngine().backplane();
  let receiver: { connected(): void; disconnected(cause: unknown): void } | undefined;
  const start = backplane.start.bind(backplane);
  const watched = Object.assign(Object.create(backplane), {
    start(given: Parameters<typeof start>[0]) {
      receiver = given;
      return start(given);
    },
  });
  Object.defineProperty(watched, "name", { value: backplane.name });
  watched.close = () => backplane.close();
  watched.publish = backplane.publish.bind(backplane);
  const server = await serving(idle, { ...PLAIN, backplane: watched });
  const cause = new Error("gone");
  receiver!.disconnected(cause);
  expect(server.isReady).toBe(true);
  receiver!.connected();
  expect([downs, ups]).toEqual([[{ name: "memory", cause }], [{ name: "memory" }]]);
});
