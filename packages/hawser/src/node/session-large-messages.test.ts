/** Messages that are decompressed elsewhere: nothing overtakes them, and the peer is not made to pay for it. */

import { describe, expect, test } from "vitest";
import { type PooledPairOptions, pooledPair } from "../../test/support/pooled-pair.ts";
import { noUnhandledRejections } from "../../test/support/unhandled-rejections.ts";
import { INFLATED_LATER } from "../extensions/permessage-deflate/large-messages.ts";
import type { PerMessageDeflate } from "../extensions/permessage-deflate/permessage-deflate.ts";
import type { Message } from "../protocol/message-assembler.ts";
import { Opcode } from "../protocol/opcode.ts";
import type { Role } from "../protocol/settings.ts";
import { type Connection, SESSION } from "./connection.ts";
import { ConnectionClosedError, ConnectionClosedOK } from "./errors.ts";
import type { Session } from "./session.ts";

/** Shrinks to a half, and differs by its first letter. */
function large(letter = "a"): string {
  let state = letter.charCodeAt(0);
  const digits = Array.from({ length: 120_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 28).toString(16);
  });
  return letter + digits.join("");
}

/** All that a connection receives, as it comes. */
function collect(connection: AsyncIterable<Message>): Message[] {
  const received: Message[] = [];
  void (async () => {
    try {
      for await (const message of connection) received.push(message);
    } catch {
      // Not all end normally
    }
  })();
  return received;
}

describe.each<Role>(["server", "client"])("on a %s", (role) => {
  /** A connection that is decompressing a large message of its peer. */
  async function decoding(options: PooledPairOptions = {}) {
    const pair = pooledPair(role, options);
    await pair.peer.send(large());
    await pair.clock.advance(0);
    expect(pair.pool.size).toBe(1);
    return pair;
  }

  describe("order", () => {
    test("what comes behind a large message waits for it, a ping too; one at a time is decompressed", async () => {
      const { connection, peer, pool, clock } = await decoding();
      const received = collect(connection);
      void peer.send("b");
      void peer.send(large("c"));
      const answered = peer.ping();
      void peer.send(large("d"));
      void peer.send(["e", "e"]);
      await clock.advance(0);
      expect([received, pool.size, peer.latency]).toEqual([[], 1, undefined]);
      await pool.work();
      expect(received).toEqual([large("a"), "b"]);
      expect([pool.size, peer.latency]).toEqual([1, undefined]);
      await pool.work();
      await answered;
      expect([received.length, pool.size]).toEqual([3, 1]);
      await pool.work();
      expect(received.slice(2)).toEqual([large("c"), large("d"), "ee"]);
    });

    test("reading stops meanwhile", async () => {
      const { connection, peer, pool } = await decoding();
      const { transport } = connection[SESSION];
      const received = collect(connection);
      expect(transport.isPaused).toBe(true);
      connection[SESSION].regulate();
      expect(transport.isPaused).toBe(true);
      await pool.work();
      expect([transport.isPaused, received.length]).toEqual([false, 1]);
      await peer.send("on it goes");
      await peer.ping();
      expect(received[1]).toBe("on it goes");
    });

    test("sending goes on", async () => {
      const { connection, peer, pool } = await decoding();
      await connection.send("meanwhile");
      void connection.send(large("b"));
      await expect(peer.recv()).resolves.toBe("meanwhile");
      await pool.work();
      await pool.work();
      await expect(connection.recv()).resolves.toBe(large());
      await expect(peer.recv()).resolves.toBe(large("b"));
    });

    test("without a consumer, reading goes on when there is room", async () => {
      const { connection, peer, pool, clock } = await decoding({ connection: { readLimit: 1_000 } });
      void peer.send("b");
      await pool.work();
      expect(connection[SESSION].transport.isPaused).toBe(true);
      await expect(connection.recv()).resolves.toBe(large());
      await expect(connection.recv()).resolves.toBe("b");
      await clock.advance(0);
      expect(connection[SESSION].transport.isPaused).toBe(false);
    });

    test("recvStream() gets it, whether it is called before or meanwhile", async () => {
      const { connection, peer, pool, clock } = pooledPair(role);
      for (const letter of ["a", "b"]) {
        const pieces: Message[] = [];
        const streaming = async () => {
          for await (const piece of connection.recvStream()) pieces.push(piece);
        };
        const before = letter === "a" ? streaming() : undefined;
        await clock.advance(0);
        await peer.send(large(letter));
        await clock.advance(0);
        const done = before ?? streaming();
        await clock.advance(0);
        await pool.work();
        await done;
        expect(pieces.join("")).toBe(large(letter));
      }
    });
  });

  describe("the end", () => {
    test("the peer's Close frame waits for the message", async () => {
      const { connection, peer, pool, clock } = await decoding();
      const closed = peer.close(1000, "bye");
      await clock.advance(0);
      expect(connection.state).toBe("open");
      await pool.work();
      await expect(connection.recv()).resolves.toBe(large());
      await expect(connection.recv()).rejects.toThrow(ConnectionClosedOK);
      await closed;
    });

    test.each<[string, (pair: ReturnType<typeof pooledPair>) => void]>([
      ["the end of the peer's side", ({ peer }) => peer[SESSION].transport.finish()],
      ["a reset", ({ peer }) => peer[SESSION].transport.abort()],
    ])("%s waits for the message", async (_case, happens) => {
      noUnhandledRejections();
      const pair = await decoding();
      const { connection, pool, clock } = pair;
      const extension = connection[SESSION].extensions[0] as PerMessageDeflate;
      happens(pair);
      await clock.advance(100);
      expect(connection[SESSION].closeInfo).toBeUndefined();
      const lost = connection.send("lost");
      await pool.work();
      await expect(connection.recv()).resolves.toBe(large());
      await expect(connection.recv()).rejects.toThrow(ConnectionClosedError);
      await clock.advance(11_000);
      await lost.catch(() => {});
      expect([connection.state, connection.closeCode, extension.heldBytes]).toEqual(["closed", 1006, 0]);
    });

    test("terminate() drops the message, also when the transport has ended already", async () => {
      for (const isReset of [false, true]) {
        noUnhandledRejections();
        const { connection, peer, pool, clock } = await decoding();
        const extension = connection[SESSION].extensions[0] as PerMessageDeflate;
        if (isReset) peer.terminate();
        await clock.advance(0);
        connection.terminate();
        await clock.advance(0);
        expect(connection.state).toBe("closed");
        await pool.work();
        await expect(connection.recv()).rejects.toThrow(ConnectionClosedError);
        expect(extension.heldBytes).toBe(0);
      }
    });

    test("our own close() does not lose it", async () => {
      const { connection, peer, pool, clock } = await decoding();
      const closed = connection.close();
      await clock.advance(0);
      expect(peer.state).toBe("closing");
      await pool.work();
      await expect(connection.recv()).resolves.toBe(large());
      await closed;
      await expect(connection.recv()).rejects.toThrow(ConnectionClosedOK);
    });

    test("nor does closeTimeout, which the peer did not keep", async () => {
      const { connection, pool, clock, link } = await decoding();
      link.cut();
      const closed = connection.close();
      await clock.advance(11_000);
      expect(connection[SESSION].closeInfo).toBeUndefined();
      await pool.work();
      await closed;
      await expect(connection.recv()).resolves.toBe(large());
      await expect(connection.recv()).rejects.toThrow(ConnectionClosedError);
    });

    test("keepalive waits with it", async () => {
      const { connection, pool, clock } = await decoding({ peer: { pingInterval: null } });
      await clock.advance(100_000);
      expect(connection.state).toBe("open");
      await pool.work();
      await expect(connection.recv()).resolves.toBe(large());
      await clock.advance(30_000);
      expect(connection.state).toBe("open");
    });
  });

  describe("faults", () => {
    test.each<[string, PooledPairOptions, (peer: Connection) => void, number]>([
      ["a message over maxSize", { connection: { maxSize: 120_000 } }, (peer) => peer.sendNow(large()), 1009],
      ["what is no DEFLATE data", {}, ({ [SESSION]: session }) => session.transport.append(ones(session)), 1002],
      [
        "text that is not UTF-8",
        {},
        ({ [SESSION]: { protocol } }) => protocol.sendBytes(Buffer.from(`${large()}\xff`, "latin1"), Opcode.TEXT),
        1007,
      ],
    ])("%s", async (_case, options, send, code) => {
      const { connection, peer, pool, clock } = pooledPair(role, options);
      send(peer);
      await clock.advance(0);
      await pool.work();
      await expect(peer.recv()).rejects.toMatchObject({ code });
      await clock.advance(11_000);
      expect(connection.state).toBe("closed");
    });

    test("a pool that fails is our own fault: 1011", async () => {
      const { connection, peer, pool, clock } = await decoding();
      await pool.fail();
      await expect(peer.recv()).rejects.toMatchObject({ code: 1011 });
      await clock.advance(11_000);
      await expect(connection.recv()).rejects.toMatchObject({ cause: new Error("no memory") });
    });
  });
});

/** A compressed message of as many bytes as are inflated elsewhere, all of them ones. */
function ones({ settings }: Session): Uint8Array {
  const isMasked = settings.role === "client";
  const header = [0xc2, isMasked ? 0xfe : 0x7e, INFLATED_LATER >> 8, INFLATED_LATER & 0xff];
  return Uint8Array.from([...header, ...(isMasked ? [0, 0, 0, 0] : []), ...Array<number>(INFLATED_LATER).fill(0xff)]);
}
