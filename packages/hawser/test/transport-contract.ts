/**
 * What every transport over the operating system must do: one suite for all of them.
 */

import { describe, expect, test } from "vitest";
import type { OpenTransport } from "./support/transport-pairs.ts";
import { attached, pattern, read, recorder, turn, write } from "./support/transport-recorder.ts";
import { transportEndsContract } from "./transport-ends-contract.ts";
import { transportWaitsContract } from "./transport-waits-contract.ts";

/** What one transport cannot do. */
export interface TransportTraits {
  /** Unix sockets have neither addresses nor resets. */
  readonly isUnix?: boolean;
}

export function transportContract(name: string, open: OpenTransport, { isUnix = false }: TransportTraits = {}): void {
  describe(`${name}: one write a turn`, () => {
    test("for frames that are written outside of the reading", async () => {
      const { transport, far, writes } = await attached(open);
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
      const { transport, far, writes } = await attached(open);
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
      const { transport, far } = await attached(open);
      const frames = [10, 40_000, 30_000, 65_536, 200_000, 5].map(pattern);
      for (const frame of frames) write(transport, frame);
      const expected = Buffer.concat(frames);
      const received = await read(far, expected.length);
      expect(received.equals(expected)).toBe(true);
    });

    test("and at once, if asked to", async () => {
      const { transport, far, writes } = await attached(open);
      write(transport, "now");
      transport.flush();
      expect([transport.bufferedAmount, writes()]).toEqual([0, 1]);
      write(transport, "then");
      await expect(read(far, 7)).resolves.toEqual(Buffer.from("nowthen"));
    });
  });

  describe(`${name}: congestion`, () => {
    test("is not what the end of the turn may take away, since nobody is told when that is gone", async () => {
      const { transport, far } = await attached(open);
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
      const { transport, far, told, text, until } = await attached(open);
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
      const { transport, far, told } = await attached(open);
      const second = recorder();
      transport.attach(second.sink);
      far.end("x");
      await second.until(() => second.told.ends > 0);
      expect(second.text()).toBe("x");
      expect(told.bytes).toEqual([]);
    });

    test("several connections at once get what is theirs", async () => {
      const all = await Promise.all([1, 2, 3, 4].map(() => attached(open)));
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

  describe(`${name}: endpoints`, () => {
    test("say who is connected to whom", async () => {
      const { transport, far } = await attached(open);
      const { localAddress, localPort, remoteAddress, remotePort, isSecure } = transport.endpoints;
      const loopback = isUnix ? undefined : "127.0.0.1";
      expect([localAddress, localPort]).toEqual([loopback, far.remotePort]);
      expect([remoteAddress, remotePort]).toEqual([loopback, far.localPort]);
      expect(isSecure).toBe(false);
    });

    test("the peer is remembered", async () => {
      const { transport, far, told, until } = await attached(open);
      far.destroy();
      transport.finish();
      await until(() => told.ended.length > 0);
      expect(transport.endpoints.remoteAddress).toBe(isUnix ? undefined : "127.0.0.1");
    });
  });

  transportWaitsContract(name, open);
  transportEndsContract(name, open, isUnix);
}
