import { once } from "node:events";
import { connect, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { BombLoad } from "./bomb-load.ts";
import { BroadcastLoad } from "./broadcast-load.ts";
import { ConnectLoad } from "./connect-load.ts";
import { FloodLoad } from "./flood-load.ts";
import { buildClientFrames, buildFrame, CLOSE } from "./frame.ts";
import { buildRequest } from "./handshake.ts";
import { ListenLoad } from "./listen-load.ts";
import type { Load } from "./load.ts";
import { MaskedReplyReader } from "./masked-reply-reader.ts";
import { makePayloads } from "./payload.ts";
import type { ListenPlan } from "./plan.ts";
import { WrongEcho } from "./reply-reader.ts";
import { listen, unmaskFrames } from "./test-server.ts";

const MESSAGES = { connections: 3, payload: "binary", size: 16 } as const;

const servers: Server[] = [];
const loads: Load[] = [];

afterEach(() => {
  for (const load of loads.splice(0)) load.close();
  for (const server of servers.splice(0)) server.close();
});

async function serve(
  respond: (socket: Socket, chunk: Buffer) => void,
  options: { readonly compression?: boolean } = {},
): Promise<number> {
  const { port, server } = await listen(respond, options);
  servers.push(server);
  return port;
}

async function opened<Kind extends Load>(load: Kind): Promise<Kind> {
  loads.push(load);
  await load.open();
  return load;
}

function failureOf(load: Load): string {
  try {
    load.count();
    return "";
  } catch (error) {
    return String(error);
  }
}

describe("a flood", () => {
  test("counts what was taken, which is what arrives", async () => {
    let arrived = 0;
    const port = await serve((_socket, chunk) => {
      arrived += chunk.length;
    });
    const load = await opened(new FloodLoad({ ...MESSAGES, kind: "flood", port }));
    load.start();
    const { messages, bytes } = await load.finish();
    expect(messages).toBeGreaterThan(3 * 16);
    expect(bytes).toBe(messages * 16);
    await expect.poll(() => arrived).toBe(messages * 22);
  });

  test("a server that speaks is an error", async () => {
    const port = await serve((socket) => socket.write("!"));
    const load = await opened(new FloodLoad({ ...MESSAGES, kind: "flood", port }));
    load.start();
    await expect.poll(() => failureOf(load)).toContain("was to be silent");
  });
});

describe("a broadcast", () => {
  /** Sends each message so many times to each connection, by the order in which they were opened. */
  async function serveAll(copies: (index: number) => number): Promise<number> {
    const open: Socket[] = [];
    const port = await serve((_sender, chunk) => {
      for (const frame of unmaskFrames(chunk)) {
        for (const [index, socket] of open.entries()) {
          for (let copy = 0; copy < copies(index); copy++) socket.write(buildFrame(frame));
        }
      }
    });
    servers.at(-1)!.on("connection", (socket: Socket) => open.push(socket));
    return port;
  }

  test("counts deliveries, and ends when everybody has the last message", async () => {
    const port = await serveAll(() => 1);
    const load = await opened(new BroadcastLoad({ ...MESSAGES, kind: "broadcast", port, compression: false }));
    load.start();
    await expect.poll(() => load.count().messages).toBeGreaterThan(30);
    const { messages, bytes } = await load.finish();
    expect(messages % 3).toBe(0);
    expect(bytes).toBe(messages * 18);
  });

  test("a message that comes twice to one and never to another is an error", async () => {
    const port = await serveAll((index) => [1, 2, 0][index]!);
    const load = await opened(new BroadcastLoad({ ...MESSAGES, kind: "broadcast", port, compression: false }));
    load.start();
    await expect(load.finish()).rejects.toThrow("differs");
  });
});

describe("a bomb", () => {
  const tooBig = buildFrame({ opcode: CLOSE, payload: Buffer.from([0x03, 0xf1]) });
  const answerOnce = (reply: Buffer) => {
    const answered = new WeakSet<Socket>();
    return (socket: Socket) => {
      if (!answered.has(socket)) socket.write(reply);
      answered.add(socket);
    };
  };

  test("counts those that were answered with 1009", async () => {
    const port = await serve(answerOnce(tooBig), { compression: true });
    const load = await opened(new BombLoad({ kind: "bomb", port, megabytes: 2 }));
    await load.exchange(3);
    expect(load.count().messages).toBe(3);
    expect(load.count().bytes).toBeLessThan(3 * 3_000);
  });

  test("any other answer is an error", async () => {
    const port = await serve(answerOnce(buildFrame({ opcode: CLOSE, payload: Buffer.from([0x03, 0xea]) })), {
      compression: true,
    });
    const load = await opened(new BombLoad({ kind: "bomb", port, megabytes: 2 }));
    await expect(load.exchange(1)).rejects.toThrow("expected 1009");
  });
});

describe("coming and going", () => {
  function closeWith(code: number): (socket: Socket) => void {
    return (socket) => {
      socket.end(buildFrame({ opcode: CLOSE, payload: Buffer.from([code >> 8, code & 0xff]) }));
    };
  }

  test("counts connections that both sides have closed", async () => {
    const port = await serve(closeWith(1000));
    const load = await opened(new ConnectLoad({ kind: "connect", port, connections: 3 }));
    load.start();
    const { messages, bytes } = await load.finish();
    expect(messages).toBeGreaterThanOrEqual(4);
    expect(bytes).toBe(messages * 4);
  });

  test.each([
    ["another code", closeWith(1001)],
    ["no Close frame", (socket: Socket) => socket.destroy()],
  ])("%s is an error", async (_name, respond) => {
    const port = await serve(respond);
    const load = new ConnectLoad({ kind: "connect", port, connections: 1 });
    await expect(load.open()).rejects.toThrow("not closed by a Close frame of 1000");
  });
});

describe("listening for clients", () => {
  const plan: ListenPlan = { ...MESSAGES, kind: "listen", connections: 1, isEcho: true, window: 4 };
  const clients: Socket[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  async function join(load: ListenLoad, respond: (client: Socket, chunk: Buffer) => void): Promise<void> {
    loads.push(load);
    const port = await load.open();
    const client = connect({ host: "127.0.0.1", port });
    clients.push(client);
    client.write(buildRequest(port, false));
    const [head] = (await once(client, "data")) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 101 .*\r\n\r\n$/s);
    client.on("data", (chunk) => respond(client, chunk));
  }

  /** Returns frames of 16 bytes, each masked. */
  function echoMasked(client: Socket, chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += 18) {
      client.write(buildFrame({ opcode: 2, payload: chunk.subarray(at + 2, at + 18), maskingKey: 0x01020304 + at }));
    }
  }

  test("exchanges messages with a client that returns them", async () => {
    const load = new ListenLoad(plan);
    await join(load, echoMasked);
    load.start();
    const { messages, bytes } = await load.finish();
    expect(messages).toBeGreaterThanOrEqual(4);
    expect(bytes).toBe(messages * 22);
  });

  test("a wrong reply is an error", async () => {
    const load = new ListenLoad(plan);
    await join(load, (client) => client.write(buildFrame({ opcode: 2, payload: Buffer.alloc(16), maskingKey: 1 })));
    load.start();
    await expect(load.finish()).rejects.toThrow("differs");
  });

  test("floods a client that only receives", async () => {
    let arrived = 0;
    const load = new ListenLoad({ ...plan, isEcho: false });
    await join(load, (_client, chunk) => {
      arrived += chunk.length;
    });
    load.start();
    const { messages } = await load.finish();
    await expect.poll(() => arrived).toBe(messages * 18);
  });

  test("a client that has not come is an error", async () => {
    const load = await opened(new ListenLoad(plan));
    expect(() => load.start()).toThrow("0 clients have connected, expected 1");
  });
});

describe("a reader of masked replies", () => {
  const payloads = makePayloads("binary", 300);
  const frames = payloads.map((payload) => buildFrame({ opcode: 2, payload }));
  const replies = Buffer.concat(buildClientFrames(payloads, "binary", false));

  test.each([1, 7, 1000, 65_536])("counts every reply in chunks of %d bytes", (size) => {
    const reader = new MaskedReplyReader(frames, payloads);
    let counted = 0;
    for (let at = 0; at < replies.length; at += size) counted += reader.read(replies.subarray(at, at + size));
    expect(counted).toBe(payloads.length);
  });

  test.each([
    ["one bit", 250],
    ["the header", 0],
    ["a mask that is missing", 1],
  ])("notices %s", (_name, place) => {
    const wrong = Buffer.from(replies);
    wrong[place]! ^= 0x80;
    expect(() => new MaskedReplyReader(frames, payloads).read(wrong)).toThrow(WrongEcho);
  });
});
