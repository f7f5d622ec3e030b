/**
 * Broadcasts to connections that keep their context, as peers with one zlib stream for each connection see them.
 */

import { broadcast, type Connection, type ServeOptions, type Server, type ServerConnection } from "hawser";
import { expect, test } from "vitest";
import { type Chance, seeded } from "./deflate-fuzz.ts";
import { NativeDeflatePeer } from "./native-deflate-peer.ts";
import { within } from "./support/deadline.ts";
import { openClient, type RawClient } from "./support/raw-client.ts";
import { gate, idle, serving, untilCounted } from "./support/serving.ts";

const OFFER = "permessage-deflate; client_max_window_bits";

/** A client, the server's end of its connection, and zlib's view of what arrives. */
interface Place {
  readonly client: RawClient;
  readonly connection: Connection;
  readonly peer: NativeDeflatePeer;
}

async function places(offers: readonly (string | null)[], options: ServeOptions = {}): Promise<[Server, Place[]]> {
  const server = await serving(idle, options);
  const all: Place[] = [];
  for (const offer of offers) {
    const known = new Set(server.connections);
    const client = await openClient(server.port, "/", { "Sec-WebSocket-Extensions": offer });
    await untilCounted(server, { connections: all.length + 1 });
    const connection = [...server.connections].find((one) => !known.has(one))!;
    const noContextTakeover = offer?.includes("no_context_takeover") === true;
    const direction = { windowBits: Number(/max_window_bits=(\d+)/.exec(offer ?? "")?.[1] ?? 12), noContextTakeover };
    all.push({ client, connection, peer: new NativeDeflatePeer(direction, direction) });
  }
  return [server, all];
}

/** The next message's text, and the length of its payload on the wire. */
async function receive({ client, peer }: Place): Promise<{ text: string; length: number; isCompressed: boolean }> {
  let frame = await client.frame();
  const isCompressed = frame.rsv === 0x40;
  const payloads = [frame.payload];
  while (!frame.fin) {
    frame = await client.frame({ opcode: 0 });
    payloads.push(frame.payload);
  }
  const payload = Buffer.concat(payloads);
  const text = Buffer.from(isCompressed ? await peer.decode(payload) : payload).toString();
  return { text, length: payload.length, isCompressed };
}

function chat(index: number): string {
  const words = "hawser bollard capstan fairlead windlass quay fender mooring".split(" ");
  const body = Array.from({ length: 6 + (index % 9) }, (_, at) => words[(index * (at + 3) + at * at) % words.length]);
  return JSON.stringify({ type: "message", id: index * 7_919, room: "harbour", from: `user-${index % 9}`, body });
}

test("an audience's messages shrink by those before, unless it is another object each time", async () => {
  const [server, all] = await places(Array(4).fill(OFFER));
  const lengths = async (connections: () => Iterable<Connection>) => {
    const received: number[] = [];
    for (let index = 0; index < 6; index++) {
      broadcast(connections(), chat(index));
      const each = await Promise.all(all.map(receive));
      expect(each).toEqual(Array(4).fill({ ...each[0], text: chat(index) }));
      received.push(each[0]!.length);
    }
    return received;
  };
  const alone = await lengths(() => [...server.connections]);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  for (const room of [server.connections, new Set(server.connections), [...server.connections]]) {
    const together = await lengths(() => room);
    // The first two are compressed by themselves
    expect(together.slice(0, 2)).toEqual(alone.slice(0, 2));
    expect(sum(together.slice(2)) / sum(alone.slice(2))).toBeLessThan(0.7);
  }
});

test("what an audience has in common counts among what windows hold, as long as somebody follows", async () => {
  const [server, all] = await places(Array(4).fill(OFFER));
  for (let index = 0; index < 100; index++) {
    broadcast(server.connections, chat(index));
    await Promise.all(all.map(receive));
  }
  const { compression } = server.metrics();
  // zlib's has no metrics; otherwise two windows, and one to compress against in place of each connection's own
  const held = { windows: 1, sharedBytes: 8_192, heldBytes: 12_288 };
  if (compression !== undefined) expect(compression).toMatchObject(held);
  for (const { client } of all) client.socket.destroy();
  await untilCounted(server, { connections: 0 });
  if (compression === undefined) return;
  expect(server.metrics().compression).toMatchObject({ windows: 0, sharedBytes: 0, heldBytes: 0 });
});

test("up to three receivers get it as short as it is with all of their own context", async () => {
  const [, all] = await places([OFFER, OFFER, OFFER]);
  for (const count of [1, 2, 3]) {
    for (const [at, { connection }] of all.entries()) {
      await connection.send(chat(100 * count + at));
      expect((await receive(all[at]!)).text).toBe(chat(100 * count + at));
    }
    // An array that is made anew, and of nothing that they have in common
    broadcast(
      all.slice(0, count).map(({ connection }) => connection),
      chat(100 * count),
    );
    for (const place of all.slice(0, count)) {
      const { text, length } = await receive(place);
      expect(text).toBe(chat(100 * count));
      if (place === all[0]) expect(length).toBeLessThan(20);
    }
  }
});

test.each([
  [undefined, 1, false],
  [true, 1, true],
  [false, 1, false],
  [undefined, 4, false],
  [true, 4, true],
  [false, 4, false],
])("compress: %j overrules the threshold for %i: %j", async (compress, count, isCompressed) => {
  const [server, all] = await places(Array(count).fill(OFFER), { compression: { threshold: 1_000 } });
  for (let index = 0; index < 3; index++) {
    broadcast(server.connections, chat(index), compress === undefined ? {} : { compress });
    for (const place of all) expect(await receive(place)).toMatchObject({ text: chat(index), isCompressed });
  }
});

test.each([2, 4])(
  "what waits behind a message in fragments may be changed by the caller: %i receivers",
  async (count) => {
    const [server, [slow, quick]] = await places(Array(count).fill(OFFER));
    const rest = gate();
    const fragments = slow!.connection.send(
      (async function* () {
        yield "one, ";
        await rest.passed;
        yield "two";
      })(),
    );
    const bytes = Buffer.alloc(300, "changed too early? ");
    const [text, again] = [bytes.toString(), chat(1)];
    for (let index = 0; index < 3; index++) {
      broadcast(server.connections, bytes, { text: true });
      bytes.fill(0x20);
      bytes.write(text);
    }
    bytes.fill(0x20);
    rest.open();
    await within("sending", fragments);
    broadcast(server.connections, again);
    await slow!.connection.send(text);
    const sent: string[] = [];
    for (let count = 0; count < 6; count++) sent.push((await receive(slow!)).text);
    expect(sent).toEqual(["one, two", text, text, text, again, text]);
    for (const expected of [text, text, text, again]) expect((await receive(quick!)).text).toBe(expected);
  },
);

interface Crowd {
  readonly server: Server;
  readonly places: readonly Place[];
  readonly room: Set<Connection>;
  readonly expected: string[][];
}

/** One thing that happens, and what each is to receive because of it. */
function happen({ server, places, room, expected }: Crowd, chance: Chance, index: number): void {
  const who = chance(places.length);
  const { connection } = places[who]!;
  const note = (receives: (one: Connection) => boolean, text: string) => {
    for (const [at, place] of places.entries()) if (receives(place.connection)) expected[at]!.push(text);
  };
  const kind = chance(10);
  const text = kind === 9 ? chat(index).repeat(1 + chance(60)) : chat(chance(300));
  if (kind < 4 || kind === 9) {
    const except = chance(3) === 0 ? [connection] : [];
    broadcast(server.connections, text, { except, ...(chance(8) === 0 ? { compress: false } : {}) });
    note((one) => !except.includes(one), text);
  } else if (kind < 6) {
    broadcast(room, text);
    note((one) => room.has(one), text);
    if (chance(2) === 0) room.delete(connection);
    else room.add(connection);
  } else if (kind < 8) {
    void connection.send(text, chance(4) === 0 ? { compress: false } : {});
    expected[who]!.push(text);
  } else {
    void connection.send([text.slice(0, 20), text.slice(20)]);
    expected[who]!.push(text);
  }
}

test("thousands of deliveries, mixed with messages to single connections, in order", { timeout: 60_000 }, async () => {
  const offers = [
    OFFER,
    OFFER,
    OFFER,
    "permessage-deflate; server_max_window_bits=9",
    "permessage-deflate; server_no_context_takeover",
    null,
  ];
  const [server, all] = await places(offers);
  const room = new Set<Connection>(([...server.connections] as ServerConnection[]).slice(2));
  const crowd: Crowd = { server, places: all, room, expected: all.map(() => []) };
  const chance = seeded(11);
  for (let index = 0; index < 600; index++) {
    happen(crowd, chance, index);
    if (index % 7 === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
  let compressed = 0;
  for (const [at, place] of all.entries()) {
    for (const text of crowd.expected[at]!) {
      const received = await receive(place);
      expect(received.text).toBe(text);
      compressed += Number(received.isCompressed);
    }
  }
  expect(compressed).toBeGreaterThan(1_000);
  for (const { peer } of all) peer.close();
});
