/**
 * What every transport over the operating system must do: one suite for all of them.
 */

import { describe, expect, test } from "vitest";
import type { OpenTransport } from "./support/transport-pairs.ts";
import { attached, pattern, read, recorder, write } from "./support/transport-recorder.ts";
import { transportEndsContract } from "./transport-ends-contract.ts";
import { transportReadsContract } from "./transport-reads-contract.ts";
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
      const echo = (bytes: Uint8Array, end?: number) => {
        for (const byte of bytes.subarray(0, end)) write(transport, new Uint8Array([byte]));
      };
      transport.attach({ ...recorder().sink, received: echo });
      far.write("abcdefgh");
      await expect(read(far, 8)).resolves.toEqual(Buffer.from("abcdefgh"));
      expect(writes()).toBe(1);
    });

    test.each([
      ["a"],
      ["A"],
      ["a", "a"],
      ["a", "w"],
      ["w", "a"],
      ["a", "A", "w"],
      ["A", "a", "a", "w"],
      ["A", "A", "w", "a"],
      ["w", "A", "a", "w", "a", "A"],
    ])("for %s %s %s: payloads by reference, small and large, and frames that are written (w)", async (...steps) => {
      const { transport, far, writes } = await attached(open);
      const sent = steps.map((step, index) => pattern(step === "A" ? 2_000 : 20, index + 1));
      for (const [index, step] of steps.entries()) {
        if (step === "w") write(transport, sent[index]!);
        else transport.append(sent[index]!);
      }
      const all = Buffer.concat(sent);
      expect(transport.bufferedAmount).toBe(all.length);
      expect((await read(far, all.length)).equals(all)).toBe(true);
      expect(writes()).toBe(1);
      expect(transport.bufferedAmount).toBe(0);
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

  transportReadsContract(name, open);
  transportWaitsContract(name, open);
  transportEndsContract(name, open, isUnix);
}
