/** How a transport reads: a part of the contract of transports. */

import { describe, expect, test } from "vitest";
import type { OpenTransport } from "./support/transport-pairs.ts";
import { attached, pattern, read, recorder, turn, write } from "./support/transport-recorder.ts";

export function transportReadsContract(name: string, open: OpenTransport): void {
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
        received(bytes, end) {
          write(transport, "answer");
          transport[action]();
          sink.received(bytes, end);
        },
      });
      far.write("x");
      await until(() => told.bytes.length > 0);
      if (action === "pause") transport.resume();
      if (action === "abort") await until(() => told.ended.length > 0);
      else expect((await read(far, 6)).toString()).toBe("answer");
    });
  });
}
