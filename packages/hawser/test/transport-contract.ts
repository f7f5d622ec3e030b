/**
 * What every transport over the operating system must do: one suite for all of them.
 */

import type { Socket } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { OUTPUT_SIZE, OutputPool } from "../src/node/output-pool.ts";
import type { Transport, TransportSink } from "../src/node/transport.ts";
import { within } from "./support/deadline.ts";
import type { OpenTransport } from "./support/transport-pairs.ts";

/** What one transport cannot do. */
export interface TransportTraits {
  /** Unix sockets have neither addresses nor resets. */
  readonly isUnix?: boolean;
}

/** A sink that notes what it is told. */
export function recorder() {
  const told = { bytes: [] as Buffer[], ends: 0, drained: 0, ended: [] as (Error | undefined)[] };
  const text = () => Buffer.concat(told.bytes).toString("latin1");
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
    within(
      "what the transport tells",
      new Promise<void>((resolve) => {
        whenTold = () => condition() && resolve();
        whenTold();
      }),
    );
  return { told, text, sink, until };
}

export function write(transport: Transport, bytes: Uint8Array | string): void {
  const frame = Buffer.from(bytes);
  transport.reserve(frame.length);
  transport.bytes.set(frame, transport.end);
  transport.end += frame.length;
}

/** Reads so many bytes. */
export async function read(socket: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  if (length === 0) return Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    received += chunk.length;
    if (received >= length) break;
  }
  return Buffer.concat(chunks);
}

async function readToEnd(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function pattern(length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 0xff));
}

export const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Writes a frame a turn until the kernel takes no more, and `beyond` further ones. Returns all of them. */
async function fill(transport: Transport, size: number, beyond: number): Promise<Buffer> {
  const frames: Buffer[] = [];
  for (let more = 0; more < beyond; more += transport.bufferedAmount > 0 ? 1 : 0) {
    const frame = pattern(size, frames.length);
    frames.push(frame);
    write(transport, frame);
    await turn();
  }
  return Buffer.concat(frames);
}

export function transportContract(name: string, open: OpenTransport, { isUnix = false }: TransportTraits = {}): void {
  async function attached() {
    const pair = await open();
    const record = recorder();
    pair.transport.attach(record.sink);
    return { ...pair, ...record };
  }

  describe(`${name}: one write a turn`, () => {
    test("for frames that are written outside of the reading", async () => {
      const { transport, far, writes } = await attached();
      for (let count = 0; count < 100; count++) {
        if (count % 10 === 0) await Promise.resolve();
        write(transport, "frame ");
      }
      expect(transport.bufferedAmount).toBe(600);
      await expect(read(far, 600)).resolves.toEqual(Buffer.from("frame ".repeat(100)));
      expect(writes()).toBe(1);
      expect(transport.bufferedAmount).toBe(0);
    });

    test("for what the reading causes to be sent", async () => {
      const { transport, far, writes } = await open();
      const echo = (bytes: Uint8Array) => {
        for (const byte of bytes) write(transport, new Uint8Array([byte]));
      };
      transport.attach({ ...recorder().sink, received: echo });
      far.write("abcdefgh");
      await expect(read(far, 8)).resolves.toEqual(Buffer.from("abcdefgh"));
      expect(writes()).toBe(1);
    });

    test("for frames with large payloads by reference between them", async () => {
      const { transport, far, writes } = await attached();
      const payload = pattern(70_000, 1);
      write(transport, "before");
      transport.append(payload);
      write(transport, "between");
      transport.append(new Uint8Array(payload));
      write(transport, "after");
      expect(transport.bufferedAmount).toBe(140_018);
      const expected = Buffer.concat(["before", payload, "between", payload, "after"].map((part) => Buffer.from(part)));
      const received = await read(far, expected.length);
      expect(received.equals(expected)).toBe(true);
      expect(writes()).toBe(1);
    });

    test("more than fits in one buffer leaves in the order in which it was written", async () => {
      const { transport, far } = await attached();
      const frames = [10, 40_000, 30_000, 65_536, 200_000, 5].map(pattern);
      for (const frame of frames) write(transport, frame);
      const expected = Buffer.concat(frames);
      const received = await read(far, expected.length);
      expect(received.equals(expected)).toBe(true);
    });

    test("and at once, if asked to", async () => {
      const { transport, far, writes } = await attached();
      write(transport, "now");
      transport.flush();
      expect([transport.bufferedAmount, writes()]).toEqual([0, 1]);
      write(transport, "then");
      await expect(read(far, 7)).resolves.toEqual(Buffer.from("nowthen"));
    });
  });

  describe(`${name}: a slow receiver`, () => {
    test("what waits is counted, its memory does not change, and the sink is told when it is gone", async () => {
      const { transport, far, told, until } = await attached();
      far.pause();
      const expected = await fill(transport, 60_000, 20);
      expect(transport.bufferedAmount).toBeGreaterThan(1_000_000);
      expect(transport.isCongested).toBe(true);
      expect(transport.stalledFor).toBeGreaterThan(0);
      expect(told.drained).toBe(0);
      // Other connections go on, in the same pool
      const other = await attached();
      for (let count = 0; count < 10; count++) {
        write(other.transport, Buffer.alloc(60_000, 0xff));
        await read(other.far, 60_000);
      }
      const received = await read(far, expected.length);
      expect(received.equals(expected)).toBe(true);
      await until(() => transport.bufferedAmount === 0 && told.drained > 0);
      expect(transport.stalledFor).toBe(0);
      expect(transport.isCongested).toBe(false);
    });

    test("of all kinds of writes nothing is lost, and they keep their order", async () => {
      const { transport, far, told, until } = await attached();
      far.pause();
      const frames: Buffer[] = [await fill(transport, 50_000, 2)];
      for (let round = 0; round < 40; round++) {
        const [frame, payload] = [pattern(1 + round * 997, round), pattern(66_000 + round, round + 1)];
        frames.push(frame);
        write(transport, frame);
        if (round % 3 === 0) frames.push(payload);
        if (round % 3 === 0) transport.append(payload);
        if (round % 5 === 0) transport.flush();
        if (round % 7 === 0) await turn();
      }
      const expected = Buffer.concat(frames);
      const received = await read(far, expected.length);
      expect(received.equals(expected)).toBe(true);
      await until(() => transport.bufferedAmount === 0 && told.drained > 0);
    });

    test("who writes whenever all is gone is told each time", async () => {
      const { transport, far } = await open();
      const { sink, told } = recorder();
      // More than the kernel has room for
      const payload = Buffer.alloc(16_777_216);
      const refill = () => {
        told.drained++;
        if (told.drained <= 2) transport.append(payload);
      };
      transport.attach({ ...sink, drained: refill });
      far.pause();
      const first = await fill(transport, 60_000, 1);
      await read(far, first.length + 2 * payload.length);
      expect(told.drained).toBeGreaterThanOrEqual(2);
    });

    test("that is ended gets everything before the end", async () => {
      const { transport, far, told, until } = await attached();
      far.pause();
      const first = await fill(transport, 60_000, 3);
      const last = pattern(100_000, 5);
      transport.append(last);
      write(transport, "the end");
      transport.finish();
      transport.finish();
      transport.flush();
      write(transport, "too late");
      await turn();
      const expected = Buffer.concat([first, last, Buffer.from("the end")]);
      const received = await within("the end", readToEnd(far));
      expect(received.equals(expected)).toBe(true);
      expect(told.ended).toEqual([]);
      far.end();
      await until(() => told.ended.length > 0);
      expect(told.ended).toEqual([undefined]);
    });

    test("all buffers come back to the pool", async () => {
      const lent = countLent();
      const { transport, far, told, until } = await attached();
      far.pause();
      const { length } = await fill(transport, 50_000, 5);
      expect(lent()).toBeGreaterThan(0);
      await read(far, length);
      await until(() => told.drained > 0 && transport.bufferedAmount === 0);
      expect(lent()).toBe(0);
    });

    test("the buffers of a connection that is destroyed come back, too, and nothing is told after its end", async () => {
      const lent = countLent();
      const { transport, far, told, until } = await attached();
      far.pause();
      await fill(transport, 50_000, 5);
      write(transport, pattern(50_000, 1));
      transport.abort();
      transport.abort();
      expect(told.ended).toEqual([]);
      await until(() => told.ended.length > 0);
      write(transport, pattern(100, 1));
      await turn();
      far.resume();
      await turn();
      expect([told.ended, told.drained]).toEqual([[undefined], 0]);
      expect(lent()).toBe(0);
    });

    test("that goes away is an error, and the end of what waits", async () => {
      const lent = countLent();
      const { transport, far, told, until } = await attached();
      far.pause();
      await fill(transport, 50_000, 5);
      far.destroy();
      await until(() => told.ended.length > 0);
      expect(told.ended).toEqual([expect.objectContaining({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) })]);
      expect([transport.bufferedAmount, transport.stalledFor, transport.isCongested]).toEqual([0, 0, false]);
      expect(lent()).toBe(0);
    });
  });

  describe(`${name}: congestion`, () => {
    test("is not what the end of the turn may take away, since nobody is told when that is gone", async () => {
      const { transport, far } = await attached();
      write(transport, pattern(100_000, 1));
      expect(transport.bufferedAmount).toBe(100_000);
      expect(transport.isCongested).toBe(false);
      await read(far, 100_000);
    });
  });

  describe(`${name}: reading`, () => {
    test("begins with the sink, pauses and resumes", async () => {
      const { transport, far } = await open();
      far.write("early");
      const { told, text, sink, until } = recorder();
      transport.attach(sink);
      await until(() => told.bytes.length > 0);
      transport.pause();
      transport.pause();
      expect(transport.isPaused).toBe(true);
      far.write("late");
      await turn();
      await turn();
      expect(text()).toBe("early");
      transport.resume();
      transport.resume();
      expect(transport.isPaused).toBe(false);
      await until(() => text() === "earlylate");
    });

    test("the end is not told either while it pauses", async () => {
      const { transport, far, told, text, until } = await attached();
      transport.pause();
      far.end("x");
      write(transport, "?");
      await read(far, 1);
      await turn();
      expect([text(), told.ends]).toEqual(["", 0]);
      transport.resume();
      await until(() => told.ends > 0);
      expect(text()).toBe("x");
      transport.pause();
      transport.resume();
      await turn();
      expect(told.ends).toBe(1);
    });

    test("goes on into another sink", async () => {
      const { transport, far, told } = await attached();
      const second = recorder();
      transport.attach(second.sink);
      far.end("x");
      await second.until(() => second.told.ends > 0);
      expect(second.text()).toBe("x");
      expect(told.bytes).toEqual([]);
    });

    test("several connections at once get what is theirs", async () => {
      const all = await Promise.all([1, 2, 3, 4].map(attached));
      const sent = all.map((_, index) => pattern(300_000, index));
      all.forEach(({ far }, index) => void far.write(sent[index]!));
      await Promise.all(all.map(({ until, text }) => until(() => text().length === 300_000)));
      expect(all.map(({ told }, index) => Buffer.concat(told.bytes).equals(sent[index]!))).toEqual(all.map(() => true));
    });

    test.each(["abort", "finish", "pause"] as const)("a sink may %s while it receives", async (action) => {
      const { transport, far } = await open();
      const { told, sink, until } = recorder();
      transport.attach({
        ...sink,
        received(bytes) {
          write(transport, "answer");
          transport[action]();
          sink.received(bytes);
        },
      });
      far.write("x");
      await until(() => told.bytes.length > 0);
      if (action === "pause") transport.resume();
      if (action === "abort") await until(() => told.ended.length > 0);
      else expect((await read(far, 6)).toString()).toBe("answer");
    });
  });

  describe(`${name}: the end`, () => {
    test("both sides end, ours first", async () => {
      const { transport, far, told, until } = await attached();
      write(transport, "last");
      transport.finish();
      await expect(readToEnd(far)).resolves.toEqual(Buffer.from("last"));
      far.write("more");
      await until(() => told.bytes.length > 0);
      expect(told.ended).toEqual([]);
      far.end();
      await until(() => told.ended.length > 0);
      expect([told.ends, told.ended]).toEqual([1, [undefined]]);
    });

    test("both sides end, the peer's first", async () => {
      const { transport, far, told, until } = await attached();
      far.end("first");
      await until(() => told.ends > 0);
      await turn();
      expect(told.ended).toEqual([]);
      write(transport, "still ");
      await turn();
      write(transport, "here");
      transport.finish();
      await expect(readToEnd(far)).resolves.toEqual(Buffer.from("still here"));
      await until(() => told.ended.length > 0);
      expect(told.ended).toEqual([undefined]);
    });

    test("both sides end, at the same time", async () => {
      const { transport, far, told, until } = await attached();
      far.end();
      transport.finish();
      await until(() => told.ended.length > 0);
      expect([told.ends, told.ended]).toEqual([1, [undefined]]);
    });

    test("who attaches to a transport that has ended is told", async () => {
      const { transport } = await open();
      transport.abort();
      await turn();
      const { told, sink, until } = recorder();
      transport.attach(sink);
      expect(told.ended).toEqual([]);
      await until(() => told.ended.length > 0);
      await turn();
      expect(told.ended.length).toBe(1);
    });

    test("what is done afterwards has no effect", async () => {
      const { transport, told, until } = await attached();
      transport.abort();
      await until(() => told.ended.length > 0);
      write(transport, "x");
      transport.append(Buffer.from("y"));
      transport.flush();
      transport.finish();
      transport.pause();
      transport.resume();
      transport.abort();
      await turn();
      expect(transport.bufferedAmount).toBe(0);
      expect(told.ended.length).toBe(1);
    });
  });

  if (!isUnix) {
    describe(`${name}: a reset`, () => {
      test("is an error", async () => {
        const { far, told, until } = await attached();
        far.resetAndDestroy();
        await until(() => told.ended.length > 0);
        const expected = { code: "ECONNRESET", syscall: "read", message: "read ECONNRESET", errno: expect.any(Number) };
        expect(told.ended).toEqual([expect.objectContaining(expected)]);
      });

      test("that was not read yet is told to who writes", async () => {
        const { transport, far, told, until } = await attached();
        transport.pause();
        far.resetAndDestroy();
        await turn();
        while (told.ended.length === 0) {
          write(transport, "x");
          await turn();
        }
        await until(() => told.ended.length > 0);
        expect(told.ended).toEqual([expect.objectContaining({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) })]);
      });
    });
  }

  describe(`${name}: endpoints`, () => {
    test("say who is connected to whom", async () => {
      const { transport, far } = await attached();
      const { localAddress, localPort, remoteAddress, remotePort, isSecure } = transport.endpoints;
      const loopback = isUnix ? undefined : "127.0.0.1";
      expect([localAddress, localPort]).toEqual([loopback, far.remotePort]);
      expect([remoteAddress, remotePort]).toEqual([loopback, far.localPort]);
      expect(isSecure).toBe(false);
    });

    test("the peer is remembered", async () => {
      const { transport, far, told, until } = await attached();
      far.destroy();
      transport.finish();
      await until(() => told.ended.length > 0);
      expect(transport.endpoints.remoteAddress).toBe(isUnix ? undefined : "127.0.0.1");
    });
  });

  /** The pool's buffers that are lent and have not come back. */
  function countLent(): () => number {
    const lend = vi.spyOn(OutputPool.prototype, "lend");
    const takeBack = vi.spyOn(OutputPool.prototype, "takeBack");
    const countOf = (buffers: Buffer[]) => buffers.filter(({ length }) => length === OUTPUT_SIZE).length;
    return () =>
      countOf(lend.mock.results.map(({ value }) => value)) - countOf(takeBack.mock.calls.map(([buffer]) => buffer));
  }
}
