/** How a transport ends, by either side or by a fault: a part of the contract of transports. */

import { describe, expect, test } from "vitest";
import type { OpenTransport } from "./support/transport-pairs.ts";
import { attached, readToEnd, recorder, turn, write } from "./support/transport-recorder.ts";

/** `isUnix`: there are no resets. */
export function transportEndsContract(name: string, open: OpenTransport, isUnix: boolean): void {
  describe(`${name}: the end`, () => {
    test("both sides end, ours first", async () => {
      const { transport, far, told, until } = await attached(open);
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
      const { transport, far, told, until } = await attached(open);
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
      const { transport, far, told, until } = await attached(open);
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
      const { transport, told, until } = await attached(open);
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
        const { far, told, until } = await attached(open);
        far.resetAndDestroy();
        await until(() => told.ended.length > 0);
        const expected = { code: "ECONNRESET", syscall: "read", message: "read ECONNRESET", errno: expect.any(Number) };
        expect(told.ended).toEqual([expect.objectContaining(expected)]);
      });

      test("that was not read yet is told to who writes", async () => {
        const { transport, far, told, until } = await attached(open);
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
}
