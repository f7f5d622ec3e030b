/** Messages that are compressed elsewhere: their order, their memory, and the end of the connection. */

import { describe, expect, test } from "vitest";
import { begun, type Task } from "../../test/support/later-extension.ts";
import { type PooledPairOptions, pooledPair } from "../../test/support/pooled-pair.ts";
import { noUnhandledRejections } from "../../test/support/unhandled-rejections.ts";
import type { PerMessageDeflate } from "../extensions/permessage-deflate/permessage-deflate.ts";
import type { Message } from "../protocol/message-assembler.ts";
import { ENCODED_LATER } from "../protocol/message-sender.ts";
import type { Role } from "../protocol/settings.ts";
import { SESSION } from "./connection.ts";
import { ConnectionClosed, ConnectionClosedError, ConnectionClosedOK } from "./errors.ts";

/** Shrinks well, and differs by its first letter. */
function large(letter = "a", length = 100_000): string {
  return letter + "the same words again ".repeat(length / 20).slice(0, length - 1);
}

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

/** Bytes that do not shrink. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

async function isSettled(promise: Promise<unknown>, clock: { advance(ms: number): Promise<void> }): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  await clock.advance(0);
  return settled;
}

describe.each<Role>(["server", "client"])("on a %s", (role) => {
  const pair = (options?: PooledPairOptions) => pooledPair(role, options);

  describe("order", () => {
    test("all that is sent after a large message waits for it, and leaves in the order of the calls", async () => {
      const { connection, peer, pool, clock } = pair();
      const sent = [connection.send(large("a")), connection.send("b"), connection.send(["c", "c"])];
      expect(connection.sendNow("d")).toBe(false);
      sent.push(connection.send(utf8(large("e"))), connection.send("f"));
      const received: Message[] = [];
      void (async () => {
        for await (const message of peer) received.push(message);
      })();
      await clock.advance(0);
      expect([received, pool.size]).toEqual([[], 1]);
      await pool.work();
      expect(received).toEqual([large("a"), "b", "cc", "d"]);
      expect(await isSettled(sent[4]!, clock)).toBe(false);
      await pool.work();
      await Promise.all(sent);
      expect(received.slice(4)).toEqual([utf8(large("e")), "f"]);
      expect(connection.sendNow("g")).toBe(true);
    });

    test("a message in fragments goes first if it was first", async () => {
      const { connection, peer, pool, clock } = pair();
      let goOn = () => {};
      const halting = (async function* () {
        yield "b";
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        yield "b";
      })();
      void connection.send(halting);
      void connection.send(large("c"));
      await clock.advance(0);
      expect(pool.size).toBe(0);
      goOn();
      await expect(peer.recv()).resolves.toBe("bb");
      await pool.work();
      await expect(peer.recv()).resolves.toBe(large("c"));
    });

    test("a frame that was built for many waits too", async () => {
      const { connection, pool, clock } = pair();
      const { outbox } = connection[SESSION];
      void connection.send(large());
      let isSent = false;
      outbox.sendShared(Uint8Array.of(0x81, 0), () => {
        isSent = true;
      });
      await clock.advance(0);
      expect(isSent).toBe(false);
      await pool.work();
      expect(isSent).toBe(true);
    });

    test("pings, pongs and their answers do not wait", async () => {
      const { connection, peer, pool } = pair();
      void connection.send(large());
      await expect(connection.ping()).resolves.toBeGreaterThanOrEqual(0);
      await expect(peer.ping()).resolves.toBeGreaterThanOrEqual(0);
      await pool.work();
      await expect(peer.recv()).resolves.toBe(large());
    });
  });

  describe("which messages", () => {
    test.each<[string, PooledPairOptions, string | Uint8Array, object, number]>([
      ["a large text", {}, "x".repeat(ENCODED_LATER), {}, 1],
      ["large bytes", {}, new Uint8Array(ENCODED_LATER), {}, 1],
      ["large bytes as text", {}, utf8("x".repeat(ENCODED_LATER)), { text: true }, 1],
      ["a large text as bytes", {}, "x".repeat(ENCODED_LATER), { text: false }, 1],
      ["not one byte less", {}, new Uint8Array(ENCODED_LATER - 1), {}, 0],
      ["not a text of one character less", {}, "x".repeat(ENCODED_LATER - 1), {}, 0],
      ["not without compression", {}, large(), { compress: false }, 0],
      ["not below the threshold", { compression: { threshold: 200_000 } }, large(), {}, 0],
      ["below the threshold if asked for", { compression: { threshold: 200_000 } }, large(), { compress: true }, 1],
    ])("%s", async (_case, options, data, sendOptions, tasks) => {
      const { connection, peer, pool } = pair(options);
      const sent = connection.send(data, sendOptions);
      expect(pool.size).toBe(tasks);
      if (tasks > 0) await pool.work();
      await sent;
      const received = await peer.recv();
      expect(Buffer.compare(Buffer.from(received), Buffer.from(data))).toBe(0);
      expect(typeof received).toBe(
        ((sendOptions as { text?: boolean }).text ?? typeof data === "string") ? "string" : "object",
      );
    });

    test("what does not shrink goes as it is and leaves no trace; and so if the pool fails", async () => {
      const { connection, peer, pool } = pair();
      const [extension] = connection[SESSION].extensions;
      const bytes = noise(70_000);
      void connection.send(bytes);
      await pool.work();
      await expect(peer.recv()).resolves.toEqual(bytes);
      void connection.send(large("f"));
      await pool.fail();
      await expect(peer.recv()).resolves.toBe(large("f"));
      expect((extension as PerMessageDeflate).heldBytes).toBe(0);
      for (const message of [large("g"), large("h")]) {
        void connection.send(message);
        await pool.work();
        await expect(peer.recv()).resolves.toBe(message);
      }
      expect((extension as PerMessageDeflate).heldBytes).toBeGreaterThan(0);
    });
  });

  describe("memory and back-pressure", () => {
    test("bufferedAmount counts what is being compressed and what waits for it", async () => {
      const { connection, pool } = pair();
      void connection.send(utf8(large()));
      void connection.send("x".repeat(1_000));
      expect(connection.bufferedAmount).toBe(101_000);
      await pool.work();
      expect(connection.bufferedAmount).toBe(0);
    });

    test("send resolves when the message is sent and there is room", async () => {
      const { connection, peer, pool, clock } = pair({
        link: { capacity: 0, chop: 1_000 },
        connection: { writeLimit: 1 },
      });
      peer[SESSION].transport.pause();
      const sent = connection.send(large());
      expect(await isSettled(sent, clock)).toBe(false);
      await pool.work();
      expect(await isSettled(sent, clock)).toBe(false);
      peer[SESSION].transport.resume();
      await sent;
    });

    test("bytes may be changed once sendNow has returned, or send has resolved", async () => {
      const { connection, peer, pool } = pair({ connection: { writeLimit: 1_000_000 } });
      const bytes = noise(70_000);
      const original = bytes.slice();
      connection.sendNow(bytes);
      connection.sendNow(bytes);
      bytes.fill(1);
      await pool.work();
      await pool.work();
      await expect(peer.recv()).resolves.toEqual(original);
      await expect(peer.recv()).resolves.toEqual(original);
      bytes.set(original);
      const sent = connection.send(bytes);
      await pool.work();
      await sent;
      bytes.fill(1);
      await expect(peer.recv()).resolves.toEqual(original);
    });

    test("bytes of memory that other threads see", async () => {
      const { connection, peer, pool } = pair();
      void connection.send(new SharedArrayBuffer(70_000));
      await pool.work();
      await expect(peer.recv()).resolves.toEqual(new Uint8Array(70_000));
    });
  });

  describe("closing", () => {
    test("the message and those behind it are sent before the Close frame", async () => {
      const { connection, peer, pool, clock } = pair();
      const sent = [connection.send(large("a")), connection.send("b"), connection.send(large("c"))];
      const closed = connection.close(1000, "done");
      expect(connection.state).toBe("closing");
      const late = [connection.send("late"), connection.send(["late"])];
      expect(connection.sendNow(large("late"))).toBe(false);
      expect(connection.bufferedAmount).toBe(200_001);
      await pool.work();
      expect(peer.state).toBe("open");
      await pool.work();
      await Promise.all(sent);
      for (const message of [large("a"), "b", large("c")]) await expect(peer.recv()).resolves.toBe(message);
      await expect(peer.recv()).rejects.toMatchObject({ code: 1000, reason: "done" });
      await closed;
      for (const promise of late) await expect(promise).rejects.toThrow(ConnectionClosedOK);
      await clock.advance(0);
      expect(pool.size).toBe(0);
    });

    test("a message in fragments that has not begun is not waited for", async () => {
      const { connection, peer, pool } = pair();
      void connection.send(large("a"));
      const endless = (async function* () {
        while (true) yield "b";
      })();
      const [fragments, behind] = [connection.send(endless), connection.send("c")];
      const closed = connection.close();
      await pool.work();
      await closed;
      await expect(peer.recv()).resolves.toBe(large("a"));
      await expect(peer.recv()).rejects.toThrow(ConnectionClosedOK);
      await expect(fragments).rejects.toThrow(ConnectionClosedOK);
      await expect(behind).rejects.toThrow(ConnectionClosedOK);
    });

    test("closeTimeout counts from the call", async () => {
      const { connection, pool, clock } = pair();
      const sent = connection.send(large());
      const closed = connection.close();
      await clock.advance(11_000);
      await closed;
      await pool.work();
      await expect(sent).rejects.toThrow(ConnectionClosedError);
    });

    test.each<[string, (pair: ReturnType<typeof pooledPair>) => void]>([
      ["terminate()", ({ connection }) => connection.terminate()],
      ["the peer's close", ({ peer }) => void peer.close()],
      ["the peer's terminate", ({ peer }) => peer.terminate()],
      ["the end of the peer's side", ({ peer }) => peer[SESSION].transport.finish()],
      ["our own close and the peer's", ({ connection, peer }) => void Promise.all([connection.close(), peer.close()])],
    ])("%s in the middle: what waits is told, and nothing is kept", async (_case, happens) => {
      noUnhandledRejections();
      const all = pair();
      const { connection, pool, clock } = all;
      const [session, extension] = [connection[SESSION], connection[SESSION].extensions[0] as PerMessageDeflate];
      connection.sendNow("something in the window, something in the window");
      const waiting = [connection.send(large("a")), connection.send("b"), connection.send(["c"])];
      connection.sendNow("d");
      happens(all);
      await clock.advance(0);
      await clock.advance(11_000);
      expect(session.closeInfo).toBeDefined();
      expect(extension.heldBytes).toBe(0);
      await pool.work();
      for (const promise of waiting) await expect(promise).rejects.toThrow(ConnectionClosed);
      expect([extension.heldBytes, connection.bufferedAmount, pool.size]).toEqual([0, 0, 0]);
    });
  });
});

test("an extension that fails when its message is sent rejects that send alone", async () => {
  noUnhandledRejections();
  const { connection, peer } = pooledPair("server");
  const [extension] = connection[SESSION].extensions;
  const tasks: Task<{ payload: Uint8Array; sent: () => void }>[] = [];
  Object.assign(extension!, { encodeLater: (payload: Uint8Array) => begun(tasks, payload) });
  const failed = new Error("no memory");
  const sent = connection.send(large());
  connection.sendNow("behind it");
  tasks[0]!.finish({
    payload: new Uint8Array(1),
    sent: () => {
      throw failed;
    },
  });
  await expect(sent).rejects.toBe(failed);
  await expect(peer.recv()).resolves.toBe("behind it");
});
