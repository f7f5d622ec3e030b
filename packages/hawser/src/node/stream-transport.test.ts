import { once } from "node:events";
import { type AddressInfo, createServer, type Server, Socket } from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { afterEach, describe, expect, test, vi } from "vitest";
import { OUTPUT_SIZE, OutputPool } from "./output-pool.ts";
import { StreamTransport } from "./stream-transport.ts";
import type { TransportSink } from "./transport.ts";

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, "close");
  }
  vi.restoreAllMocks();
});

/** Two sockets that are connected. */
async function connectedSockets(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const near = new Socket({ allowHalfOpen: true });
  near.connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [[far]] = (await Promise.all([once(server, "connection"), once(near, "connect")])) as [[Socket], unknown];
  sockets.push(near, far);
  return { near, far };
}

/** A sink that notes what it is told. */
function recorder() {
  const told = { bytes: [] as Buffer[], ends: 0, drained: 0, ended: [] as (Error | undefined)[] };
  let whenTold = () => {};
  const sink: TransportSink = {
    received(bytes) {
      told.bytes.push(Buffer.from(bytes));
      whenTold();
    },
    receivedEnd() {
      told.ends++;
      whenTold();
    },
    drained() {
      told.drained++;
      whenTold();
    },
    ended(error) {
      told.ended.push(error);
      whenTold();
    },
  };
  /** Resolves when `condition` holds, looked at whenever something is told. */
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      whenTold = () => condition() && resolve();
      whenTold();
    });
  return { told, sink, until };
}

function write(transport: StreamTransport, bytes: Uint8Array): void {
  transport.reserve(bytes.length);
  transport.bytes.set(bytes, transport.end);
  transport.end += bytes.length;
}

/** Reads so many bytes. */
async function read(socket: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    received += chunk.length;
    if (received >= length) break;
  }
  return Buffer.concat(chunks);
}

/** Counts what goes to the kernel. */
function countWrites(socket: Socket) {
  const single = vi.spyOn(socket, "_write");
  const gathered = vi.spyOn(socket, "_writev" as "_write");
  return () => single.mock.calls.length + gathered.mock.calls.length;
}

function pattern(length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 0xff));
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe("one write a turn", () => {
  test("for frames that are written outside of the reading", async () => {
    const { near, far } = await connectedSockets();
    const writes = countWrites(near);
    const transport = new StreamTransport(near);
    transport.attach(recorder().sink);
    for (let count = 0; count < 100; count++) {
      if (count % 10 === 0) await Promise.resolve();
      write(transport, Buffer.from("frame "));
    }
    expect(transport.bufferedAmount).toBe(600);
    await expect(read(far, 600)).resolves.toEqual(Buffer.from("frame ".repeat(100)));
    expect(writes()).toBe(1);
    expect(transport.bufferedAmount).toBe(0);
  });

  test("for what the reading causes to be sent", async () => {
    const { near, far } = await connectedSockets();
    const writes = countWrites(near);
    const transport = new StreamTransport(near);
    const { sink } = recorder();
    const echo = (bytes: Uint8Array) => {
      for (const byte of bytes) write(transport, new Uint8Array([byte]));
    };
    transport.attach({ ...sink, received: echo });
    far.write("abcdefgh");
    await expect(read(far, 8)).resolves.toEqual(Buffer.from("abcdefgh"));
    expect(writes()).toBe(1);
  });

  test("for frames with large payloads by reference between them", async () => {
    const { near, far } = await connectedSockets();
    const writes = countWrites(near);
    const transport = new StreamTransport(near);
    transport.attach(recorder().sink);
    const payload = pattern(70_000, 1);
    write(transport, Buffer.from("before"));
    transport.append(payload);
    write(transport, Buffer.from("between"));
    transport.append(payload);
    write(transport, Buffer.from("after"));
    const expected = Buffer.concat([
      Buffer.from("before"),
      payload,
      Buffer.from("between"),
      payload,
      Buffer.from("after"),
    ]);
    const received = await read(far, expected.length);
    expect(received.equals(expected)).toBe(true);
    expect(writes()).toBe(1);
  });

  test("more than fits in one buffer leaves in the order in which it was written", async () => {
    const { near, far } = await connectedSockets();
    const transport = new StreamTransport(near);
    transport.attach(recorder().sink);
    const frames = [10, 40_000, 30_000, 65_536, 200_000, 5].map(pattern);
    for (const frame of frames) write(transport, frame);
    const expected = Buffer.concat(frames);
    const received = await read(far, expected.length);
    expect(received.equals(expected)).toBe(true);
  });
});

describe("a slow receiver", () => {
  test("what waits is counted, its memory does not change, and the sink is told when it is gone", async () => {
    const { near, far } = await connectedSockets();
    far.pause();
    const transport = new StreamTransport(near);
    const { told, sink, until } = recorder();
    transport.attach(sink);
    const frames: Buffer[] = [];
    // Until the kernel takes no more, then some turns on
    for (let beyond = 0; beyond < 20; beyond += transport.bufferedAmount > 0 ? 1 : 0) {
      const frame = pattern(60_000, frames.length);
      frames.push(frame);
      write(transport, frame);
      await turn();
    }
    expect(transport.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(transport.isCongested).toBe(true);
    expect(transport.stalledFor).toBeGreaterThan(0);
    expect(told.drained).toBe(0);
    // Other connections go on, in the same pool
    const others = await connectedSockets();
    const other = new StreamTransport(others.near);
    other.attach(recorder().sink);
    for (let count = 0; count < 10; count++) {
      write(other, Buffer.alloc(60_000, 0xff));
      await read(others.far, 60_000);
    }
    const expected = Buffer.concat(frames);
    const received = await read(far, expected.length);
    expect(received.equals(expected)).toBe(true);
    await until(() => transport.bufferedAmount === 0 && told.drained > 0);
    expect(transport.stalledFor).toBe(0);
    expect(transport.isCongested).toBe(false);
  });

  test("all buffers come back to the pool", async () => {
    const lend = vi.spyOn(OutputPool.prototype, "lend");
    const takeBack = vi.spyOn(OutputPool.prototype, "takeBack");
    const { near, far } = await connectedSockets();
    far.pause();
    const transport = new StreamTransport(near);
    const { told, sink, until } = recorder();
    transport.attach(sink);
    let written = 0;
    for (let beyond = 0; beyond < 5; beyond += transport.bufferedAmount > 0 ? 1 : 0) {
      write(transport, pattern(50_000, beyond));
      written += 50_000;
      await turn();
    }
    await read(far, written);
    await until(() => told.drained > 0 && transport.bufferedAmount === 0);
    expect(lentOf(takeBack.mock.calls.map(([buffer]) => buffer))).toBe(
      lentOf(lend.mock.results.map(({ value }) => value)),
    );
  });

  test("the buffers of a connection that is destroyed come back, too", async () => {
    const lend = vi.spyOn(OutputPool.prototype, "lend");
    const takeBack = vi.spyOn(OutputPool.prototype, "takeBack");
    const { near, far } = await connectedSockets();
    far.pause();
    const transport = new StreamTransport(near);
    const { told, sink, until } = recorder();
    transport.attach(sink);
    for (let beyond = 0; beyond < 5; beyond += transport.bufferedAmount > 0 ? 1 : 0) {
      write(transport, pattern(50_000, beyond));
      await turn();
    }
    write(transport, pattern(50_000, 1));
    transport.abort();
    await until(() => told.ended.length > 0);
    write(transport, pattern(100, 1));
    await turn();
    expect(told.ended).toEqual([undefined]);
    expect(lentOf(takeBack.mock.calls.map(([buffer]) => buffer))).toBe(
      lentOf(lend.mock.results.map(({ value }) => value)),
    );
  });

  function lentOf(buffers: Buffer[]): number {
    return buffers.filter(({ length }) => length === OUTPUT_SIZE).length;
  }
});

describe("congestion", () => {
  test("is not what the end of the turn may take away, since nobody is told when that is gone", async () => {
    const { near, far } = await connectedSockets();
    const transport = new StreamTransport(near);
    transport.attach(recorder().sink);
    write(transport, pattern(100_000, 1));
    expect(transport.bufferedAmount).toBe(100_000);
    expect(transport.isCongested).toBe(false);
    await read(far, 100_000);
  });
});

/** A stream that is no socket: what it is given waits until it is taken. */
class Wrapped extends Duplex {
  readonly written: Buffer[] = [];
  #taken: (() => void)[] = [];

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.written.push(bytes);
    this.#taken.push(done);
  }

  takeAll(): void {
    for (const done of this.#taken.splice(0)) done();
  }
}

test("a stream that takes its bytes later, as TLS does, gets memory of its own", async () => {
  const stream = new Wrapped();
  const transport = new StreamTransport(stream);
  transport.attach(recorder().sink);
  write(transport, Buffer.from("first"));
  transport.flush();
  write(transport, Buffer.from("XXXXX"));
  transport.flush();
  expect(stream.written.map(String)).toEqual(["first"]);
  expect(stream.written[0]!.buffer.byteLength).not.toBe(OUTPUT_SIZE);
  while (transport.bufferedAmount > 0) {
    stream.takeAll();
    await turn();
  }
  expect(stream.written.map(String).join("")).toBe("firstXXXXX");
});

test("neither does a TLS socket get the pool's memory", async () => {
  const { near } = await connectedSockets();
  const stream = new TLSSocket(near);
  const written = vi.spyOn(stream, "write").mockReturnValue(true);
  const transport = new StreamTransport(stream);
  write(transport, Buffer.from("secret"));
  transport.flush();
  expect(
    written.mock.calls.map(([bytes]) => [String(bytes), (bytes as Buffer).buffer.byteLength === OUTPUT_SIZE]),
  ).toEqual([["secret", false]]);
  expect(transport.endpoints.isSecure).toBe(true);
});

describe("reading", () => {
  test("begins with the sink, pauses and resumes", async () => {
    const { near, far } = await connectedSockets();
    far.write("early");
    const transport = new StreamTransport(near);
    const { told, sink, until } = recorder();
    transport.attach(sink);
    await until(() => told.bytes.length > 0);
    transport.pause();
    expect(transport.isPaused).toBe(true);
    far.write("late");
    await turn();
    await turn();
    expect(Buffer.concat(told.bytes).toString()).toBe("early");
    transport.resume();
    await until(() => told.bytes.length > 1);
    expect(Buffer.concat(told.bytes).toString()).toBe("earlylate");
  });

  test("goes on into another sink", async () => {
    const { near, far } = await connectedSockets();
    const transport = new StreamTransport(near);
    const first = recorder();
    const second = recorder();
    transport.attach(first.sink);
    transport.attach(second.sink);
    far.end("x");
    await second.until(() => second.told.ends > 0);
    expect(second.told.bytes.map(String)).toEqual(["x"]);
    expect(first.told.bytes).toEqual([]);
  });
});

describe("the end", () => {
  test("both sides end, one after the other", async () => {
    const { near, far } = await connectedSockets();
    const transport = new StreamTransport(near);
    const { told, sink, until } = recorder();
    transport.attach(sink);
    write(transport, Buffer.from("last"));
    transport.finish();
    await expect(read(far, 4)).resolves.toEqual(Buffer.from("last"));
    expect(told.ended).toEqual([]);
    far.resume().end();
    await until(() => told.ended.length > 0);
    expect([told.ends, told.ended]).toEqual([1, [undefined]]);
  });

  test("a reset is an error", async () => {
    const { near, far } = await connectedSockets();
    const transport = new StreamTransport(near);
    const { told, sink, until } = recorder();
    transport.attach(sink);
    far.resetAndDestroy();
    await until(() => told.ended.length > 0);
    expect(told.ended[0]).toMatchObject({ code: "ECONNRESET" });
  });

  test("who attaches to a stream that is closed is told", async () => {
    const { near } = await connectedSockets();
    near.destroy();
    await once(near, "close");
    const { told, sink, until } = recorder();
    new StreamTransport(near).attach(sink);
    expect(told.ended).toEqual([]);
    await until(() => told.ended.length > 0);
  });

  test("what is written afterwards goes nowhere", async () => {
    const { near } = await connectedSockets();
    const transport = new StreamTransport(near);
    const { told, sink, until } = recorder();
    transport.attach(sink);
    transport.abort();
    await until(() => told.ended.length > 0);
    write(transport, Buffer.from("x"));
    transport.append(Buffer.from("y"));
    transport.flush();
    transport.finish();
    expect(transport.bufferedAmount).toBe(0);
  });
});

test("endpoints say who is connected to whom", async () => {
  const { near, far } = await connectedSockets();
  const { localAddress, localPort, remoteAddress, remotePort, isSecure } = new StreamTransport(near).endpoints;
  expect([localAddress, localPort]).toEqual(["127.0.0.1", far.remotePort]);
  expect([remoteAddress, remotePort]).toEqual(["127.0.0.1", far.localPort]);
  expect(isSecure).toBe(false);
});
