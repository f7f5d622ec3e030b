import { describe, expect, test } from "vitest";
import type { CloseInfo } from "../protocol/closing.ts";
import type { Message } from "../protocol/message-assembler.ts";
import { Opcode } from "../protocol/opcode.ts";
import { connectedPair } from "../testing/connected-pair.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { MemoryLink } from "../testing/memory-transport.ts";
import { RawFrameReader, serializeRawFrame } from "../testing/raw-frame.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";
import { SESSION } from "./connection.ts";
import { resolveConnectionOptions } from "./connection-options.ts";
import { ConnectionClosedError, ConnectionClosedOK, ProtocolError } from "./errors.ts";
import { Session, type SessionOwner } from "./session.ts";
import { TimingWheel } from "./timing-wheel.ts";

describe("while nobody takes the messages", () => {
  const manyFrames = (count: number) =>
    Buffer.concat(Array(count).fill(serializeRawFrame({ opcode: 1, payload: "x", masked: true })));

  test("pings and a Close frame behind a full queue are answered", async () => {
    const { connection, peer } = scriptedPeer("client", { connection: { maxQueue: 4 } });
    peer.sendBytes(manyFrames(100));
    peer.sendPing("are you there?");
    await peer.expectPong("are you there?");
    peer.sendClose(1000);
    await peer.expectClose(1000);
    peer.end();
    await connection.waitClosed();
    for (let count = 0; count < 100; count++) await expect(connection.recv()).resolves.toBe("x");
    await expect(connection.recv()).rejects.toThrow(ConnectionClosedOK);
  });

  test("reading stops for good beyond the side path, and goes on at a quarter of the queue", async () => {
    const { connection, peer } = scriptedPeer("client", { connection: { maxQueue: { high: 16, low: 2 } } });
    for (let count = 0; count < 16 + 1_024; count++) peer.sendText("x");
    peer.sendPing("unheard");
    await peer.expectNothing();
    for (let count = 0; count < 1_037; count++) await connection.recv();
    await peer.expectNothing();
    await connection.recv();
    await peer.expectPong("unheard");
  });

  test("reading stops, too, for what came with the opening handshake", async () => {
    const { server } = connectedPair();
    const session = server[SESSION];
    session.received(manyFrames(2_000));
    session.transport.resume();
    session.regulate();
    expect(session.transport.isPaused).toBe(true);
    for (let count = 0; count < 2_000; count++) await server.recv();
    expect(session.transport.isPaused).toBe(false);
  });

  test("reading stops by bytes, too, and a larger message is read to its end once it is waited for", async () => {
    const { connection, peer, link } = scriptedPeer("server", { link: { chop: 10_000 } });
    peer.sendBinary(new Uint8Array(1_000_000));
    await peer.expectNothing();
    expect(link.server.bufferedAmount).toBeGreaterThan(700_000);
    await expect(connection.recv()).resolves.toHaveLength(1_000_000);
    expect(link.server.bufferedAmount).toBe(0);
  });

  test("once something was dropped while we close, nothing that comes later passes for the rest", async () => {
    const { connection, peer } = scriptedPeer("client", { connection: { readLimit: 1 } });
    const fragment = (index: number, fin = false) =>
      peer.sendFrame({
        opcode: index === 0 ? Opcode.BINARY : Opcode.CONTINUATION,
        fin,
        payload: new Uint8Array(8_000).fill(index),
      });
    const pieces = connection.recvStream();
    const first = pieces.next();
    fragment(0);
    const received = [(await first).value![0]];
    const closed = connection.close();
    await peer.expectClose(1000);
    for (let index = 1; index < 30; index++) fragment(index);
    await peer.expectNothing();
    for (let count = 0; count < 3; count++) received.push((await pieces.next()).value![0]);
    fragment(30);
    fragment(31, true);
    peer.sendClose(1000);
    peer.end();
    await closed;
    const readOn = async () => {
      for await (const piece of pieces) received.push(piece[0]);
    };
    await expect(readOn()).rejects.toThrow(ConnectionClosedOK);
    expect(received).toEqual(received.map((_value, index) => index));
    expect(received.length).toBeLessThan(30);
  });

  test.each([
    ["in reads of their own", false],
    ["in one read", true],
  ])(
    "a Close frame is heard although reading had stopped when we began to close: frames %s",
    async (_name, isOneRead) => {
      const { connection, peer } = scriptedPeer("client", { connection: { readLimit: 1 } });
      const text = serializeRawFrame({ opcode: Opcode.TEXT, payload: "x".repeat(10_000), masked: true });
      const close = serializeRawFrame({
        opcode: Opcode.CLOSE,
        payload: Buffer.from("\x03\xe9bye", "latin1"),
        masked: true,
      });
      const frames = [...Array(50).fill(text), close];
      for (const bytes of isOneRead ? [Buffer.concat(frames)] : frames) peer.sendBytes(bytes);
      await peer.expectNothing();
      const closed = connection.close();
      await peer.expectClose(1000);
      peer.end();
      await closed;
      expect([connection.closeCode, connection.closeReason]).toEqual([1001, "bye"]);
    },
  );
});

describe("an owner that consumes", () => {
  interface Setting {
    readonly session: Session;
    readonly peer: MemoryLink["client"];
    readonly sent: () => readonly string[];
    readonly clock: FakeClock;
    readonly link: MemoryLink;
  }

  function setUp(makeOwner: (session: () => Session) => Partial<SessionOwner>, capacity = 65_536): Setting {
    const clock = new FakeClock();
    const link = new MemoryLink(clock, { capacity });
    const settings = resolveConnectionOptions("serve", "server", undefined, {});
    const owner: SessionOwner = { closed() {}, ...makeOwner(() => session) };
    const session: Session = new Session(settings, link.server, [], new TimingWheel(clock), owner);
    session.start();
    const reader = new RawFrameReader();
    const sent: string[] = [];
    link.client.attach({
      received: (bytes) => {
        for (const { payload } of reader.read(bytes)) sent.push(Buffer.from(payload).toString());
      },
      receivedEnd() {},
      drained() {},
      ended() {},
    });
    return { session, peer: link.client, sent: () => sent, clock, link };
  }

  const texts = (...payloads: string[]) =>
    Buffer.concat(payloads.map((payload) => serializeRawFrame({ opcode: Opcode.TEXT, payload, masked: true })));

  test("gets messages at once, in order", async () => {
    const consumed: Message[] = [];
    const { peer, clock } = setUp(() => ({
      consume: (message) => {
        consumed.push(message);
        return undefined;
      },
    }));
    peer.append(texts("a", "b", "c"));
    await clock.advance(0);
    expect(consumed).toEqual(["a", "b", "c"]);
  });

  test("gets the next message when the promise that it returned has settled", async () => {
    const consumed: Message[] = [];
    const { peer, clock } = setUp(() => ({
      consume: (message) => {
        consumed.push(message);
        return new Promise((resolve) => void clock.schedule(resolve, 100));
      },
    }));
    peer.append(texts("a", "b", "c"));
    await clock.advance(50);
    expect(consumed).toEqual(["a"]);
    await clock.advance(100);
    expect(consumed).toEqual(["a", "b"]);
    await clock.advance(100);
    expect(consumed).toEqual(["a", "b", "c"]);
  });

  test("is held back until a promise of its own has settled", async () => {
    const consumed: Message[] = [];
    const { session, peer, clock } = setUp(() => ({ consume: (message) => void consumed.push(message) as undefined }));
    let release = () => {};
    session.holdBack(new Promise((resolve) => (release = resolve)));
    peer.append(texts("a", "b"));
    await clock.advance(0);
    expect(consumed).toEqual([]);
    release();
    await clock.advance(0);
    expect(consumed).toEqual(["a", "b"]);
  });

  test("is held back until the last of several promises has settled", async () => {
    const consumed: Message[] = [];
    const { session, peer, clock } = setUp(() => ({ consume: (message) => void consumed.push(message) as undefined }));
    const releases: (() => void)[] = [];
    for (let i = 0; i < 2; i++) session.holdBack(new Promise((resolve) => void releases.push(resolve)));
    peer.append(texts("a"));
    releases[1]!();
    await clock.advance(0);
    expect(consumed).toEqual([]);
    releases[0]!();
    await clock.advance(0);
    expect(consumed).toEqual(["a"]);
  });

  test.each(["send", "sendNow", "sendShared"] as const)(
    "echoes with %s more than may wait, in one turn",
    async (how) => {
      const payload = "x".repeat(1_000);
      const { peer, sent, clock } = setUp((session) => ({
        consume: (message) => {
          const { outbox } = session();
          if (how === "sendShared") outbox.sendShared(serializeRawFrame({ opcode: 1, payload: message }), () => {});
          else void outbox[how](message, undefined);
          return undefined;
        },
      }));
      peer.append(texts(...Array(60).fill(payload)));
      await clock.advance(0);
      expect(sent()).toHaveLength(60);
    },
  );

  test("gets no more messages while its answers wait for the peer, and is told when they are sent", async () => {
    const payload = "x".repeat(10_000);
    let consumed = 0;
    let drained = 0;
    const { peer, clock, session } = setUp(
      () => ({
        consume: (message) => {
          consumed++;
          session.outbox.sendNow(message, undefined);
          return undefined;
        },
        drained: () => void drained++,
      }),
      0,
    );
    peer.pause();
    peer.append(texts(...Array(10).fill(payload)));
    await clock.advance(0);
    expect([consumed, drained]).toEqual([4, 0]);
    peer.resume();
    await clock.advance(0);
    expect(consumed).toBe(10);
    expect(drained).toBeGreaterThan(0);
  });

  test("is told of the end, once", async () => {
    const ends: CloseInfo[] = [];
    let closings = 0;
    const { session, peer, clock } = setUp(() => ({
      closed: (info) => void ends.push(info),
      closing: () => void closings++,
    }));
    peer.abort();
    await clock.advance(0);
    expect(ends).toHaveLength(1);
    expect(ends[0]).toMatchObject({ code: 1006 });
    expect(session.closedError).toMatchObject({ code: 1006, cause: { code: "ECONNRESET" } });
    expect(session.closedError).toBe(session.closedError);
    expect(closings).toBe(1);
  });
});

describe("the end of a connection", () => {
  test("our side closes", async () => {
    const { client, server } = connectedPair();
    await client.close(1000, "done");
    await expect(server.recv()).rejects.toThrow(ConnectionClosedOK);
    await expect(server.recv()).rejects.toMatchObject({
      code: 1000,
      reason: "done",
      received: { code: 1000, reason: "done" },
      sent: { code: 1000, reason: "done" },
      receivedThenSent: true,
    });
    await expect(client.recv()).rejects.toMatchObject({ receivedThenSent: false });
    expect([client.state, server.state]).toEqual(["closed", "closed"]);
  });

  test.each([
    [1000, ConnectionClosedOK],
    [1001, ConnectionClosedOK],
    [1005, ConnectionClosedOK],
    [1011, ConnectionClosedError],
    [3000, ConnectionClosedError],
  ] as const)("a peer that closes with %d", async (code, expected) => {
    const { connection, peer } = scriptedPeer("client");
    peer.sendClose(code);
    await peer.expectClose(code);
    await peer.expectEnd();
    peer.end();
    await connection.waitClosed();
    const error: unknown = await connection.recv().catch((reason) => reason);
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ code, receivedThenSent: true });
  });

  test("a peer that breaks a rule: the cause says which", async () => {
    const { connection, peer } = scriptedPeer("client");
    peer.sendFrame({ opcode: 1, payload: "x", masked: false });
    await peer.expectClose(1002, "a client frame is not masked");
    peer.end();
    const error = await connection.recv().catch((reason) => reason);
    expect(error).toBeInstanceOf(ConnectionClosedError);
    expect(error.cause).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: 1006, cause: { code: "MASK_MISSING", closeCode: 1002 }, received: undefined });
  });

  test("a peer that ends without a Close frame", async () => {
    const { connection, peer } = scriptedPeer("server");
    peer.end();
    await peer.expectEnd();
    const error = await connection.recv().catch((reason) => reason);
    expect(error).toMatchObject({ code: 1006, sent: undefined });
    expect(error).not.toHaveProperty("cause");
  });

  test("a peer that never answers our Close frame is cut off after closeTimeout", async () => {
    const { connection, peer, clock } = scriptedPeer("client", { connection: { closeTimeout: 3_000 } });
    const closed = connection.close();
    await peer.expectClose(1000, "");
    await clock.advance(2_900);
    expect(connection.state).toBe("closing");
    await clock.advance(110);
    await closed;
    expect(connection.state).toBe("closed");
    await peer.expectEnd();
  });

  test("those who wait for it are told, before and after", async () => {
    const { client, server } = connectedPair();
    const waiting = server.waitClosed();
    client.terminate();
    await waiting;
    await server.waitClosed();
    expect(server.closeCode).toBe(1006);
  });
});
