/**
 * Broadcasts over real sockets to clients of `ws`, each with one zlib stream of its own that must be able to decode every message,
 * whatever else it was sent in between.
 */

import { broadcast, type Connection, type ServerConnection } from "hawser";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Chance, seeded } from "./deflate-fuzz.ts";
import { within } from "./support/deadline.ts";
import { serving, untilCounted } from "./support/serving.ts";

const CLIENTS = 24;
const STEPS = 1_500;

/** What one client was sent, and has received. */
interface Place {
  readonly client: WebSocket;
  readonly ws: ServerConnection;
  readonly sent: string[];
  readonly received: string[];
}

test.each([
  ["windows of our choice, most of them in step", { isPlain: () => false, windowBits: 12, privates: 0.05 }],
  ["windows of 15 bits, many private messages", { isPlain: () => false, windowBits: 15, privates: 0.6 }],
  ["some without compression", { isPlain: (index: number) => index % 3 === 0, windowBits: 10, privates: 0.3 }],
])("every client decodes every message, in order: %s", async (_title, { isPlain, windowBits, privates }) => {
  const chance = seeded(windowBits);
  const joined: ServerConnection[] = [];
  const server = await serving(
    { open: (ws) => void joined.push(ws), message() {} },
    { compression: { serverMaxWindowBits: windowBits } },
  );
  const places: Place[] = [];
  for (let index = 0; index < CLIENTS; index++) {
    const received: string[] = [];
    const client = new WebSocket(`ws://127.0.0.1:${server.port}`, { perMessageDeflate: !isPlain(index) });
    client.on("message", (message) => received.push(String(message)));
    await within("opening", new Promise((resolve) => client.once("open", resolve)));
    await untilCounted(server, { connections: index + 1 });
    places.push({ client, ws: joined.at(-1)!, sent: [], received });
  }
  const rooms: Iterable<Connection>[] = [server.connections, new Set(joined.filter((_, index) => index % 2 === 0))];
  for (const { ws } of places.slice(0, CLIENTS / 2)) await ws.subscribe("news");
  for (let step = 0; step < STEPS; step++) {
    await act(step, chance, places, rooms, privates, (text) => server.publish("news", text));
  }
  await within("receiving", untilAllReceived(places));
  for (const { sent, received } of places) expect(received).toEqual(sent);
  expect(places.reduce((total, { received }) => total + received.length, 0)).toBeGreaterThan(10_000);
});

/** One message: to one, to a room with or without somebody, to a topic; or one in fragments, behind which others wait. */
async function act(
  step: number,
  chance: Chance,
  places: readonly Place[],
  rooms: readonly Iterable<Connection>[],
  privates: number,
  publish: (text: string) => unknown,
): Promise<void> {
  const text = messageOf(step, chance(8));
  const one = places[chance(places.length)]!;
  if (chance(100) < 100 * privates) {
    one.sent.push(text);
    if (chance(6) === 0) void one.ws.send(inFragments(text));
    else one.ws.sendNow(text);
  } else if (chance(4) === 0) {
    for (const { sent } of places.slice(0, CLIENTS / 2)) sent.push(text);
    publish(text);
  } else {
    const room = rooms[chance(rooms.length)]!;
    const members = new Set(room);
    const except = chance(5) === 0 ? one.ws : undefined;
    for (const { ws, sent } of places) if (members.has(ws) && ws !== except) sent.push(text);
    const { failed } = broadcast(room, text, except === undefined ? {} : { except });
    expect(failed).toBe(0);
  }
  // Several in one turn, and now and then a turn of its own
  if (chance(3) === 0) await new Promise((resolve) => void setImmediate(resolve));
}

async function* inFragments(text: string): AsyncGenerator<string> {
  const middle = text.length >> 1;
  yield text.slice(0, middle);
  await new Promise((resolve) => void setImmediate(resolve));
  yield text.slice(middle);
}

function messageOf(step: number, kind: number): string {
  const message = {
    type: "trade",
    step,
    symbol: `quay/${step % 17}`,
    price: (step * 7_919) % 10_007,
    note: "fair wind",
  };
  return kind === 0
    ? JSON.stringify(Array(40).fill(message))
    : JSON.stringify({ ...message, side: "buy".repeat(kind) });
}

function untilAllReceived(places: readonly Place[]): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (places.every(({ sent, received }) => received.length >= sent.length)) resolve();
    };
    for (const { client } of places) client.on("message", check);
    check();
  });
}
