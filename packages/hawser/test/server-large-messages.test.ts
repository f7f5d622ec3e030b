/** Large compressed messages on real sockets, with ws at the other end: they are coded on the thread pool meanwhile. */

import { once } from "node:events";
import { connect, type Data, type ServerConnection } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { within } from "./support/deadline.ts";
import { settled } from "./support/later-extension.ts";
import { echo, gate, serving } from "./support/serving.ts";

const MIB = 1_048_576;

/** Records that shrink to a fifth or so, and differ by their number. */
function records(number: number, length = MIB): string {
  let text = `${number}`;
  for (let id = number; text.length < length; id++) text += `{"id":${id},"name":"item ${(id * 7_919) % 10_007}"}`;
  return text.slice(0, length);
}

/** What is sent: large and small ones, texts and bytes, and some that do not shrink. */
function mixture(count: number): (string | Buffer)[] {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  };
  return Array.from({ length: count }, (_, index) => {
    if (index % 5 === 1) return records(index);
    if (index % 5 === 2) return Buffer.from(records(index, 40_000 * (1 + (index % 3))));
    if (index % 5 === 3) return Buffer.from(Uint8Array.from({ length: 70_000 }, random));
    return records(index, 20 + index);
  });
}

/** A client that is connecting: nothing that the server sends at once is missed. */
function dial(port: number): WebSocket {
  const ws = new WebSocket(`ws://127.0.0.1:${port}`);
  ws.on("error", () => {});
  onTestFinished(() => ws.terminate());
  return ws;
}

async function open(port: number): Promise<WebSocket> {
  const ws = dial(port);
  await within("opening", once(ws, "open"));
  return ws;
}

/** The next messages, texts as strings. */
function received(ws: WebSocket, count: number): Promise<(string | Buffer)[]> {
  const messages: (string | Buffer)[] = [];
  return within(
    "receiving",
    new Promise((resolve) => {
      ws.on("message", (message: Buffer, isBinary) => {
        messages.push(isBinary ? message : message.toString());
        if (messages.length === count) resolve(messages);
      });
    }),
  );
}

const same = (actual: readonly Data[], expected: readonly (string | Buffer)[]) =>
  actual.length === expected.length &&
  actual.every((message, index) => {
    const other = expected[index]!;
    return typeof message === "string" || typeof other === "string"
      ? message === other
      : Buffer.compare(message as Uint8Array, other) === 0;
  });

const SETTINGS = [{}, { serverMaxWindowBits: 15 }, { serverNoContextTakeover: true, clientNoContextTakeover: true }];

describe("a server", () => {
  test.each(SETTINGS)(
    "echoes large and small messages in order, and answers pings meanwhile: %j",
    async (compression) => {
      const server = await serving(echo, { compression });
      const ws = await open(server.port);
      const messages = mixture(40);
      const arrived = received(ws, messages.length);
      let pongs = 0;
      ws.on("pong", () => void pongs++);
      for (const message of messages) {
        ws.send(message);
        ws.ping();
      }
      expect(same(await arrived, messages)).toBe(true);
      await expect.poll(() => pongs).toBeGreaterThan(0);
    },
  );

  test("echoes by hooks too, which get one message at a time", async () => {
    let open_ = 0;
    let most = 0;
    const server = await serving({
      async message(ws, data) {
        open_++;
        most = Math.max(most, open_);
        await ws.send(data);
        open_--;
      },
    });
    const ws = await open(server.port);
    const messages = mixture(20);
    const arrived = received(ws, messages.length);
    for (const message of messages) ws.send(message);
    expect(same(await arrived, messages)).toBe(true);
    expect(most).toBe(1);
  });

  test("a hook that does not wait gets no further message while much is being compressed", async () => {
    let most = 0;
    const server = await serving({
      message(ws, data) {
        ws.sendNow(data);
        most = Math.max(most, ws.bufferedAmount);
      },
    });
    const ws = await open(server.port);
    const messages = Array.from({ length: 20 }, (_, index) => records(index, 200_000));
    const arrived = received(ws, messages.length);
    for (const message of messages) ws.send(message);
    expect(same(await arrived, messages)).toBe(true);
    expect(most).toBeLessThan(3 * 200_000);
  });

  test("the drain hook tells when there is room again", async () => {
    const drained = gate();
    const server = await serving({
      open(ws) {
        expect(ws.sendNow(records(1, 100_000))).toBe(false);
      },
      message() {},
      drain(ws) {
        expect(ws.bufferedAmount).toBeLessThan(32_768);
        drained.open();
      },
    });
    const ws = dial(server.port);
    const arrived = received(ws, 1);
    await within("the drain hook", drained.passed);
    expect(await arrived).toEqual([records(1, 100_000)]);
  });

  test.each<[string, (ws: ServerConnection) => void]>([
    ["a handler that returns", (ws) => void ws.send(records(1))],
    [
      "close()",
      (ws) => {
        ws.sendNow(records(1));
        void ws.close();
      },
    ],
  ])("%s loses nothing that was sent before", async (_case, act) => {
    const server = await serving(async (ws) => act(ws));
    const ws = dial(server.port);
    const [arrived, closed] = [received(ws, 1), once(ws, "close")];
    expect(same(await arrived, [records(1)])).toBe(true);
    expect((await closed)[0]).toBe(1000);
  });

  test("nor does server.close()", async () => {
    const server = await serving(async (ws) => {
      void ws.send(records(1));
      await ws.waitClosed();
    });
    const ws = dial(server.port);
    const [arrived, closed] = [received(ws, 1), once(ws, "close")];
    await expect.poll(() => server.connections.size).toBe(1);
    const stopped = server.close();
    expect(same(await arrived, [records(1)])).toBe(true);
    expect((await closed)[0]).toBe(1001);
    await stopped;
  });

  test("clients that vanish while their messages are worked on leave nothing behind", async () => {
    const server = await serving({
      open(ws) {
        ws.sendNow(records(1));
      },
      message(ws, data) {
        ws.sendNow(data);
      },
    });
    for (let round = 0; round < 10; round++) {
      const ws = await open(server.port);
      ws.send(records(round));
      // Each at another point of what is under way
      for (let turns = 0; turns < round * 5; turns++) await settled();
      ws.terminate();
    }
    await expect.poll(() => server.metrics().connections).toBe(0);
    const ws = await open(server.port);
    const arrived = received(ws, 2);
    ws.send(records(2));
    expect(same(await arrived, [records(1), records(2)])).toBe(true);
  });

  test("more than maxSize ends with 1009, however large it is compressed", async () => {
    const server = await serving(echo, { maxSize: MIB - 1 });
    const ws = await open(server.port);
    const closed = once(ws, "close");
    ws.send(records(1));
    expect((await closed)[0]).toBe(1009);
  });
});

test("a client of ours with a server of ws", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: { threshold: 100 } });
  onTestFinished(() => server.close());
  server.on("connection", (ws) => {
    ws.on("message", (message, isBinary) => ws.send(message, { binary: isBinary }));
  });
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const ws = await connect(`ws://127.0.0.1:${port}`);
  expect(ws.extensions).toHaveLength(1);
  const messages = mixture(30);
  for (const message of messages) void ws.send(message);
  const arrived: Data[] = [];
  for (const _ of messages) arrived.push(await ws.recv());
  expect(same(arrived, messages)).toBe(true);
  await ws.close();
});
