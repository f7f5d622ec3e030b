/** What a transport does whose peer reads slowly: a part of the contract of transports. */

import { describe, expect, test } from "vitest";
import { within } from "./support/deadline.ts";
import type { OpenTransport } from "./support/transport-pairs.ts";
import {
  attached,
  countLent,
  fill,
  pattern,
  read,
  readToEnd,
  recorder,
  turn,
  write,
} from "./support/transport-recorder.ts";

export function transportWaitsContract(name: string, open: OpenTransport): void {
  describe(`${name}: a slow receiver`, () => {
    test("what waits is counted, its memory does not change, and the sink is told when it is gone", async () => {
      const { transport, far, told, until } = await attached(open);
      far.pause();
      const expected = await fill(transport, 60_000, 20);
      expect(transport.bufferedAmount).toBeGreaterThan(1_000_000);
      expect(transport.isCongested).toBe(true);
      expect(transport.stalledFor).toBeGreaterThan(0);
      expect(told.drained).toBe(0);
      // Other connections go on, in the same pool
      const other = await attached(open);
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
      const { transport, far, told, until } = await attached(open);
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
      const { transport, far, told, until } = await attached(open);
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
      const { transport, far, told, until } = await attached(open);
      far.pause();
      const { length } = await fill(transport, 50_000, 5);
      expect(lent()).toBeGreaterThan(0);
      await read(far, length);
      await until(() => told.drained > 0 && transport.bufferedAmount === 0);
      expect(lent()).toBe(0);
    });

    test("the buffers of a connection that is destroyed come back, too, and nothing is told after its end", async () => {
      const lent = countLent();
      const { transport, far, told, until } = await attached(open);
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
      const { transport, far, told, until } = await attached(open);
      far.pause();
      await fill(transport, 50_000, 5);
      far.destroy();
      await until(() => told.ended.length > 0);
      expect(told.ended).toEqual([expect.objectContaining({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) })]);
      expect([transport.bufferedAmount, transport.stalledFor, transport.isCongested]).toEqual([0, 0, false]);
      expect(lent()).toBe(0);
    });
  });
}
