import { describe, expect, test } from "vitest";
import type { RawClient } from "./support/raw-client.ts";
import { openClient } from "./support/raw-client.ts";
import { capturing, echo, gate, serving } from "./support/serving.ts";
import { closeFrame, frame } from "./support/wire.ts";

const MIB = 1_048_576;

/** A binary message of 64 KiB on its way to the server, and the bytes of its echo. */
const MESSAGE = Buffer.from(frame({ opcode: "binary", payload: new Uint8Array(65_536) })("server"));
const ECHO_SIZE = 65_536 + 10;

/** The client's own bytes that the server's machine has not taken. */
function untaken({ socket }: RawClient): number {
  return socket.writableLength;
}

/** Resolves when the server has stopped to read: nothing has been taken from the client for a while. */
async function untilStuck(client: RawClient): Promise<void> {
  let [before, rounds] = [-1, 0];
  await expect
    .poll(
      () => {
        rounds = untaken(client) === before ? rounds + 1 : 0;
        before = untaken(client);
        return rounds;
      },
      { timeout: 10_000, interval: 5 },
    )
    .toBeGreaterThan(20);
}

describe("a peer that sends and does not read", () => {
  test("64 MiB to an echo: memory is bounded, reading stops, and goes on when it reads", async () => {
    const count = (64 * MIB) / 65_536;
    const { handler, first } = capturing();
    const server = await serving(
      async (ws) => {
        void handler(ws);
        await echo(ws);
      },
      { compression: false },
    );
    const client = await openClient(server.port);
    const ws = await first;
    client.stopReading();
    for (let i = 0; i < count; i++) client.write(MESSAGE);
    await untilStuck(client);
    // What the two kernels hold is theirs; most of it never left the client
    expect(untaken(client)).toBeGreaterThan(32 * MIB);
    expect(ws.bufferedAmount).toBeLessThanOrEqual(32_768 + ECHO_SIZE);
    expect(ws.state).toBe("open");
    await client.skim(count * ECHO_SIZE);
    expect(untaken(client)).toBe(0);
  });

  test("the same with hooks and sendNow", async () => {
    const count = (32 * MIB) / 65_536;
    const { handler, first } = capturing();
    const server = await serving(
      { open: (ws) => void handler(ws), message: (ws, message) => void ws.sendNow(message) },
      { compression: false },
    );
    const client = await openClient(server.port);
    const ws = await first;
    client.stopReading();
    for (let i = 0; i < count; i++) client.write(MESSAGE);
    await untilStuck(client);
    expect(untaken(client)).toBeGreaterThan(8 * MIB);
    expect(ws.bufferedAmount).toBeLessThanOrEqual(32_768 + 2 * ECHO_SIZE);
    await client.skim(count * ECHO_SIZE);
    expect(untaken(client)).toBe(0);
  });
});

describe("an application that is slow", () => {
  test("a handler that does not receive: reading stops, and goes on when it does", async () => {
    const count = (32 * MIB) / 65_536;
    const start = gate();
    const received = gate<number>();
    const server = await serving(async (ws) => {
      await start.passed;
      let messages = 0;
      for await (const _message of ws) if (++messages === count) received.open(messages);
    });
    const client = await openClient(server.port);
    for (let i = 0; i < count; i++) client.write(MESSAGE);
    await untilStuck(client);
    expect(untaken(client)).toBeGreaterThan(8 * MIB);
    start.open();
    expect(await received.passed).toBe(count);
    expect(untaken(client)).toBe(0);
  });

  test("a hook whose promise is pending: one message at a time, in order, and reading stops", async () => {
    const count = (32 * MIB) / 65_536;
    const start = gate();
    const received = gate<number>();
    let [running, most, messages] = [0, 0, 0];
    const server = await serving({
      message: async () => {
        most = Math.max(most, ++running);
        await start.passed;
        running--;
        if (++messages === count) received.open(messages);
      },
    });
    const client = await openClient(server.port);
    for (let i = 0; i < count; i++) client.write(MESSAGE);
    await untilStuck(client);
    expect(untaken(client)).toBeGreaterThan(8 * MIB);
    expect([messages, running]).toEqual([0, 1]);
    start.open();
    expect(await received.passed).toBe(count);
    expect(most).toBe(1);
  });

  test("many small messages count as well as large ones", async () => {
    const small = Buffer.concat(Array(1_000).fill(Buffer.from(frame({ opcode: "text", payload: "x" })("server"))));
    const { handler } = capturing();
    const server = await serving(handler);
    const client = await openClient(server.port);
    // 2,000,000 frames
    for (let i = 0; i < 2_000; i++) client.write(small);
    await untilStuck(client);
    expect(untaken(client)).toBeGreaterThan(0);
  });

  test.each<[name: string, maxQueue: number | { high: number; low: number }]>([
    ["maxQueue 16", 16],
    ["maxQueue 1", 1],
    ["maxQueue 4, low 2", { high: 4, low: 2 }],
  ])("%s: pings are answered while the queue is full, and nothing is lost", async (_name, maxQueue) => {
    const start = gate();
    const server = await serving(
      async (ws) => {
        await start.passed;
        await echo(ws);
      },
      { maxQueue },
    );
    const client = await openClient(server.port);
    const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`);
    for (const text of texts) client.text(text);
    client.send(frame({ opcode: "ping", payload: "are you there?" }));
    expect(Buffer.from((await client.frame({ opcode: 10 })).payload).toString()).toBe("are you there?");
    start.open();
    for (const text of texts) expect(await client.message()).toBe(text);
  });

  test("a Close frame is answered while the queue is full, and the handler still gets all", async () => {
    const start = gate();
    const received: unknown[] = [];
    const ended = gate();
    const server = await serving(async (ws) => {
      await start.passed;
      for await (const message of ws) received.push(message);
      ended.open();
    });
    const client = await openClient(server.port);
    const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`);
    for (const text of texts) client.text(text);
    client.send(closeFrame(1000));
    expect((await client.closed()).code).toBe(1000);
    start.open();
    await ended.passed;
    expect(received).toEqual(texts);
  });

  test("the server's own close is heard behind messages that nobody receives", async () => {
    const { handler, first } = capturing();
    const server = await serving(handler, { closeTimeout: 5_000 });
    const client = await openClient(server.port);
    for (let i = 0; i < 512; i++) client.write(MESSAGE);
    await untilStuck(client);
    const ws = await first;
    const closed = server.close();
    await client.frame({ opcode: 8 });
    client.send(closeFrame(1001));
    await closed;
    expect([ws.closeCode, ws.state]).toEqual([1001, "closed"]);
  });
});
