import { constants, inflateRawSync } from "node:zlib";
import { type BroadcastOptions, broadcast, type Connection, connect, type ServeOptions, type Server } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { within } from "./support/deadline.ts";
import { openClient, type RawClient } from "./support/raw-client.ts";
import { capturing, gate, idle, recordingLogger, serving, untilCounted } from "./support/serving.ts";
import { TaggingExtension } from "./support/tagging-extension.ts";
import { bytes, closeFrame } from "./support/wire.ts";

const PLAIN: ServeOptions = { compression: false };

/** Clients of a server that leaves its connections alone, in the order of `server.connections`. */
async function audience(
  server: Server,
  offers: readonly (string | null)[],
): Promise<{ readonly clients: readonly RawClient[]; readonly connections: readonly Connection[] }> {
  const clients: RawClient[] = [];
  for (const offer of offers) clients.push(await openClient(server.port, "/", { "Sec-WebSocket-Extensions": offer }));
  await untilCounted(server, { connections: offers.length });
  return { clients, connections: [...server.connections] };
}

const nobodyOffers = (count: number): null[] => Array(count).fill(null);

/** RFC 7692, section 7.2.2. */
function inflate(payload: Uint8Array, dictionary: Uint8Array = new Uint8Array(0)): string {
  const whole = Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]);
  return String(inflateRawSync(whole, { dictionary, finishFlush: constants.Z_SYNC_FLUSH }));
}

describe("the frame", () => {
  test.each<
    [name: string, data: Parameters<typeof broadcast>[1], options: object, opcode: number, payload: Uint8Array]
  >([
    ["text", "ahoy", {}, 1, Buffer.from("ahoy")],
    ["bytes", bytes(300), {}, 2, bytes(300)],
    ["bytes as text", Buffer.from("ahoy"), { text: true }, 1, Buffer.from("ahoy")],
    ["text as bytes", "ahoy", { text: false }, 2, Buffer.from("ahoy")],
    ["an ArrayBuffer", bytes(4).buffer, {}, 2, bytes(4)],
    ["nothing", "", {}, 1, new Uint8Array(0)],
    ["a large message", bytes(100_000), {}, 2, bytes(100_000)],
  ])("%s: the same for all", async (_name, data, options, opcode, payload) => {
    const server = await serving(idle, PLAIN);
    const { clients, connections } = await audience(server, nobodyOffers(3));
    expect(broadcast(connections, data, options)).toEqual({ sent: 3, skipped: 0, failed: 0 });
    for (const client of clients) {
      const received = await client.frame({ opcode, fin: true, rsv: 0, masked: false });
      expect(Buffer.compare(received.payload, payload)).toBe(0);
    }
  });

  test("compressed once for each encoding: byte for byte the same within a group", async () => {
    const server = await serving(idle);
    const shared = "permessage-deflate; client_max_window_bits";
    const small = "permessage-deflate; server_max_window_bits=9";
    const stateless = "permessage-deflate; server_no_context_takeover";
    const offers = [shared, null, small, shared, stateless, small];
    const { clients, connections } = await audience(server, offers);
    const text = "the same words, the same words, the same words, ".repeat(20);
    expect(broadcast(connections, text).sent).toBe(6);
    const frames = await Promise.all(clients.map((client) => client.frame({ opcode: 1 })));
    expect(frames.map(({ rsv }) => rsv)).toEqual([0x40, 0, 0x40, 0x40, 0x40, 0x40]);
    expect(frames.map(({ payload, rsv }) => (rsv === 0 ? String(Buffer.from(payload)) : inflate(payload)))).toEqual(
      Array(6).fill(text),
    );
    expect(frames[0]).toEqual(frames[3]);
    expect(frames[2]).toEqual(frames[5]);
  });

  test("what was compressed for many can be followed by a message of one's own", async () => {
    const server = await serving(idle);
    const { clients, connections } = await audience(server, ["permessage-deflate", "permessage-deflate"]);
    const text = "a sentence that comes again and again. ".repeat(4);
    await connections[0]!.send(text);
    broadcast(connections, text);
    await connections[0]!.send(text);
    let history = Buffer.alloc(0);
    for (let i = 0; i < 3; i++) {
      const { payload, rsv } = await clients[0]!.frame({ opcode: 1 });
      const plain = rsv === 0 ? Buffer.from(payload) : Buffer.from(inflate(payload, history));
      expect(String(plain)).toBe(text);
      history = Buffer.concat([history, plain]).subarray(-4_096);
    }
    expect(inflate((await clients[1]!.frame()).payload)).toBe(text);
  });

  test("compress: false leaves it as it is", async () => {
    const server = await serving(idle);
    const { clients, connections } = await audience(server, ["permessage-deflate", null]);
    broadcast(connections, "x".repeat(1_000), { compress: false });
    for (const client of clients) expect((await client.message()).length).toBe(1_000);
  });
});

describe("the receivers", () => {
  test("except one, except several", async () => {
    const server = await serving(idle, PLAIN);
    const { clients, connections } = await audience(server, nobodyOffers(3));
    const [a, b, c] = connections as [Connection, Connection, Connection];
    expect(broadcast(connections, "not a", { except: a })).toEqual({ sent: 2, skipped: 0, failed: 0 });
    expect(broadcast(connections, "only c", { except: new Set([a, b]) })).toEqual({ sent: 1, skipped: 0, failed: 0 });
    expect(broadcast(connections, "only b", { except: [a, c] }).sent).toBe(1);
    broadcast(connections, "all");
    expect(await clients[0]!.message()).toBe("all");
    expect([await clients[1]!.message(), await clients[1]!.message()]).toEqual(["not a", "only b"]);
    expect([await clients[2]!.message(), await clients[2]!.message()]).toEqual(["not a", "only c"]);
  });

  test("server.connections, any iterable, and none", async () => {
    const server = await serving(idle, PLAIN);
    const { clients, connections } = await audience(server, nobodyOffers(2));
    expect(broadcast(server.connections, "set").sent).toBe(2);
    expect(broadcast(connections.values(), "iterator").sent).toBe(2);
    expect(broadcast([], "nobody")).toEqual({ sent: 0, skipped: 0, failed: 0 });
    expect([await clients[1]!.message(), await clients[1]!.message()]).toEqual(["set", "iterator"]);
  });

  test("clients' connections, each masked with a key of its own", async () => {
    const received: string[] = [];
    const all = gate();
    const server = await serving({
      message: (_ws, message) => {
        if (received.push(String(message)) === 4) all.open();
      },
    });
    const url = `ws://127.0.0.1:${server.port}`;
    const clients = [await connect(url), await connect(url, { compression: false })];
    onTestFinished(() => void clients.map((client) => client.terminate()));
    expect(broadcast(clients, "from clients").sent).toBe(2);
    expect(broadcast(clients, "from clients", { compress: false }).sent).toBe(2);
    await within("messages", all.passed);
    expect(received).toEqual(Array(4).fill("from clients"));
  });

  test("those that are not open are skipped", async () => {
    const server = await serving(idle, PLAIN);
    const { clients, connections } = await audience(server, nobodyOffers(3));
    void connections[0]!.close();
    clients[1]!.socket.resetAndDestroy();
    await untilCounted(server, { closed: 1 });
    expect(broadcast(connections, "still here")).toEqual({ sent: 1, skipped: 2, failed: 0 });
    expect(await clients[2]!.message()).toBe("still here");
    expect(await clients[0]!.closed()).toMatchObject({ code: 1000 });
  });

  test("one whose extension throws fails, and the others get it", async () => {
    const logger = recordingLogger();
    const broken = { name: "broken", accept: () => ({ parameters: [], extension: new Broken("x", 0x20) }) };
    const server = await serving(idle, { compression: false, extensions: [broken], logger });
    const { clients, connections } = await audience(server, [null, "broken", null]);
    expect(broadcast(connections, "ahoy")).toEqual({ sent: 2, skipped: 0, failed: 1 });
    expect([await clients[0]!.message(), await clients[2]!.message()]).toEqual(["ahoy", "ahoy"]);
    expect(logger.troubles).toMatchObject([{ message: "a broadcast could not be sent" }]);
  });

  test("one in the middle of a message in fragments gets it afterwards", async () => {
    const server = await serving(idle, PLAIN);
    const { clients, connections } = await audience(server, nobodyOffers(2));
    const rest = gate();
    const sent = connections[0]!.send(
      (async function* () {
        yield "one, ";
        await rest.passed;
        yield "two";
      })(),
    );
    const first = await clients[0]!.frame();
    expect([first.opcode, first.fin, String(Buffer.from(first.payload))]).toEqual([1, false, "one, "]);
    expect(broadcast(connections, "news")).toEqual({ sent: 2, skipped: 0, failed: 0 });
    expect(await clients[1]!.message()).toBe("news");
    rest.open();
    await within("sending", sent);
    let fragment = await clients[0]!.frame({ opcode: 0 });
    while (!fragment.fin) fragment = await clients[0]!.frame({ opcode: 0 });
    expect(await clients[0]!.message()).toBe("news");
  });
});

describe("a receiver that does not read", () => {
  const CHUNK = new Uint8Array(65_536);

  /** Broadcasts until something else than `sent` is counted. */
  async function broadcastUntilSlow(connections: Iterable<Connection>): Promise<ReturnType<typeof broadcast>> {
    for (let round = 0; round < 2_000; round++) {
      const result = broadcast(connections, CHUNK);
      if (result.skipped + result.failed > 0) return result;
      await new Promise((resolve) => void setImmediate(resolve));
    }
    throw new Error("nobody was slow");
  }

  test('is closed with 1013 by the policy "close", others are not', async () => {
    const logger = recordingLogger();
    const slowConsumer = { maxBuffered: 131_072 };
    const server = await serving(idle, { ...PLAIN, slowConsumer, closeTimeout: 100, logger });
    const { clients, connections } = await audience(server, nobodyOffers(2));
    const skimming = clients[1]!.skim(CHUNK.length);
    clients[0]!.stopReading();
    expect(await broadcastUntilSlow(connections)).toEqual({ sent: 1, skipped: 0, failed: 1 });
    expect([connections[0]!.state, connections[1]!.state]).toEqual(["closing", "open"]);
    // One message beyond the limit, and the header of the frame that crossed it
    expect(connections[0]!.bufferedAmount).toBeLessThan(131_072 + 2 * CHUNK.length);
    expect(broadcast(connections, "more")).toEqual({ sent: 1, skipped: 1, failed: 0 });
    await skimming;
    await untilCounted(server, { connections: 1 });
  });

  test("hears 1013 and the reason once it reads on", async () => {
    const server = await serving(idle, { ...PLAIN, slowConsumer: { maxBuffered: 1_024 } });
    const { clients, connections } = await audience(server, nobodyOffers(1));
    clients[0]!.stopReading();
    expect((await broadcastUntilSlow(connections)).failed).toBe(1);
    clients[0]!.socket.resume();
    expect(await clients[0]!.closed()).toEqual({ code: 1013, reason: "slow consumer" });
  });

  test('only misses messages by the policy "skip"', async () => {
    const slowConsumer = { maxBuffered: 131_072, policy: "skip" } as const;
    const server = await serving(idle, { ...PLAIN, slowConsumer });
    const { clients, connections } = await audience(server, nobodyOffers(2));
    void clients[1]!.skim(1);
    clients[0]!.stopReading();
    expect(await broadcastUntilSlow(connections)).toEqual({ sent: 1, skipped: 1, failed: 0 });
    expect(connections[0]!.state).toBe("open");
    const before = connections[0]!.bufferedAmount;
    for (let i = 0; i < 10; i++) broadcast(connections, CHUNK);
    expect(connections[0]!.bufferedAmount).toBeLessThanOrEqual(before);
    clients[0]!.socket.resume();
    await expect.poll(() => connections[0]!.bufferedAmount, { timeout: 8_000, interval: 5 }).toBe(0);
    expect(broadcast(connections, "caught up")).toEqual({ sent: 2, skipped: 0, failed: 0 });
  });

  test("is slow too once nothing has been taken for `stall`, however little waits", async () => {
    const slowConsumer = { stall: 30, policy: "skip" } as const;
    const { handler, first } = capturing();
    const server = await serving(handler, { ...PLAIN, slowConsumer: { ...slowConsumer, maxBuffered: 1e9 } });
    const client = await openClient(server.port);
    client.stopReading();
    const ws = await first;
    while (ws.sendNow(CHUNK));
    await expect.poll(() => broadcast([ws], "?").skipped, { timeout: 8_000, interval: 5 }).toBe(1);
    client.send(closeFrame(1000));
  });
});

test.each<[data: unknown, got: string]>([
  [5, "number 5"],
  [null, "null"],
  [{}, "Object"],
  [undefined, "undefined"],
])("%o is no message", async (data, got) => {
  const server = await serving(idle);
  const { connections } = await audience(server, nobodyOffers(1));
  expect(() => broadcast(connections, data as string)).toThrow(
    `Cannot broadcast: data must be a string, an ArrayBuffer or a view of one, got ${got}`,
  );
});

test("an unknown option is refused, and nobody gets the message", async () => {
  const server = await serving(idle);
  const { connections, clients } = await audience(server, nobodyOffers(1));
  const options = { expect: connections } as BroadcastOptions;
  expect(() => broadcast(connections, "x", options)).toThrow(
    'Cannot broadcast: there is no option "expect", did you mean "except"?',
  );
  broadcast(connections, "y");
  expect(await clients[0]!.message()).toBe("y");
});

class Broken extends TaggingExtension {
  override encode(): never {
    throw new Error("out of order");
  }
}
