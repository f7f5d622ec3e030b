import { describe, expect, test } from "vitest";
import type { Message } from "../protocol/message-assembler.ts";
import { connectedPair } from "../testing/connected-pair.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";
import { SESSION } from "./connection.ts";
import type { Data } from "./data.ts";
import { ConnectionClosedError, ConnectionClosedOK } from "./errors.ts";

/** Whether a promise has settled, now that all promise jobs have run. */
async function isSettled(promise: Promise<unknown>, clock: { advance(ms: number): Promise<void> }): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  await clock.advance(0);
  return settled;
}

function stuck(connection = {}) {
  const scripted = scriptedPeer("client", { connection, link: { capacity: 0, chop: 1_000 } });
  scripted.peer.stopReading();
  return scripted;
}

const kilobytes = (count: number) => new Uint8Array(count * 1_024);

describe("back-pressure", () => {
  test("send resolves at once up to writeLimit, waits above, and goes on when the buffer has drained", async () => {
    const { connection, peer, clock } = stuck();
    expect(await isSettled(connection.send(kilobytes(16)), clock)).toBe(true);
    expect(await isSettled(connection.send(kilobytes(15)), clock)).toBe(true);
    const waiting = connection.send(kilobytes(2));
    expect(await isSettled(waiting, clock)).toBe(false);
    expect(connection.bufferedAmount).toBeGreaterThan(33 * 1_024);
    peer.readOn();
    await waiting;
    expect(connection.bufferedAmount).toBe(0);
  });

  test("all who wait go on, in order", async () => {
    const { connection, peer, clock } = stuck({ writeLimit: 1_000 });
    const resolved: number[] = [];
    for (const number of [1, 2, 3]) void connection.send(kilobytes(1)).then(() => resolved.push(number));
    await clock.advance(0);
    expect(resolved).toEqual([]);
    peer.readOn();
    await clock.advance(0);
    expect(resolved).toEqual([1, 2, 3]);
  });

  test("sendNow never waits, and says whether there is room", async () => {
    const { connection, clock } = stuck();
    expect(connection.sendNow(kilobytes(16))).toBe(true);
    expect(connection.sendNow(kilobytes(16))).toBe(false);
    expect(connection.sendNow("still sent")).toBe(false);
    await clock.advance(0);
    expect(connection.bufferedAmount).toBeGreaterThan(32 * 1_024);
  });

  test("who waits goes on, though the answer to a ping is sent first", async () => {
    const { connection, peer, clock } = scriptedPeer("client", { connection: { writeLimit: 1 } });
    peer.stopReading();
    const waiting = connection.send(kilobytes(200));
    await clock.advance(0);
    peer.sendPing("p");
    await clock.advance(0);
    peer.readOn();
    expect(await isSettled(waiting, clock)).toBe(true);
  });

  test("who waits while the connection is lost gets the error", async () => {
    const { connection, peer, clock } = stuck();
    const waiting = connection.send(kilobytes(100));
    expect(await isSettled(waiting, clock)).toBe(false);
    peer.reset();
    await expect(waiting).rejects.toThrow(ConnectionClosedError);
  });

  test("a large payload may be changed once send has resolved", async () => {
    const { connection, peer, clock } = scriptedPeer("client", {
      connection: { writeLimit: 1_000_000 },
      link: { delay: 5, capacity: 0 },
    });
    const payload = kilobytes(100);
    await connection.send(payload);
    payload.fill(1);
    const fragment = kilobytes(100);
    await connection.send(
      (function* () {
        yield fragment;
        fragment.fill(2);
      })(),
    );
    fragment.fill(3);
    await clock.advance(5);
    expect(new Set(await peer.expectBinary())).toEqual(new Set([0]));
    expect(new Set(await peer.expectBinary())).toEqual(new Set([0]));
  });
});

describe("messages in fragments", () => {
  test.each<[string, Iterable<Data> | AsyncIterable<Data>, Message]>([
    ["strings", ["one", "two"], "onetwo"],
    ["bytes", [new Uint8Array([1]), new Uint8Array([2]).buffer], new Uint8Array([1, 2])],
    ["empty strings", ["", "x", ""], "x"],
  ])("of %s", async (_name, fragments, message) => {
    const { client, server } = connectedPair();
    await client.send(fragments);
    await expect(server.recv()).resolves.toEqual(message);
  });

  test("each fragment is a frame, and leaves when it is there", async () => {
    const { connection, peer, clock } = scriptedPeer("client");
    const sent = connection.send(
      (async function* () {
        yield "one";
        await new Promise<void>((resolve) => void clock.schedule(resolve, 100));
        yield "two";
      })(),
    );
    await peer.expectFrame({ opcode: 1, fin: false, payload: new Uint8Array(Buffer.from("one")) });
    await peer.expectNothing();
    await clock.advance(100);
    await peer.expectFrame({ opcode: 0, fin: false, payload: new Uint8Array(Buffer.from("two")) });
    await peer.expectFrame({ opcode: 0, fin: true, payload: new Uint8Array(0) });
    await sent;
  });

  test.each([
    ["between two strings", ["a\ud83d", "\ude00b"], "a\u{1f600}b"],
    ["over an empty one", ["\ud83d", "", "\ude00"], "\u{1f600}"],
    ["without its other half", ["a\ud83d", "b"], "a\ufffdb"],
    ["at the end", ["a\ud83d"], "a\ufffd"],
  ])("a surrogate %s", async (_name, fragments, text) => {
    const { client, server } = connectedPair();
    await client.send(fragments);
    await expect(server.recv()).resolves.toBe(text);
  });

  test("no fragments, no message", async () => {
    const { client, server } = connectedPair();
    await client.send([]);
    await client.send("next");
    await expect(server.recv()).resolves.toBe("next");
  });

  test.each<[string, Data[]]>([
    ["strings after bytes", [new Uint8Array(1), "x"]],
    ["what is neither", ["x", 5 as unknown as string]],
  ])("%s: the send is refused, and the connection closed with 1011", async (_name, fragments) => {
    const { client, server } = connectedPair();
    await expect(client.send(fragments)).rejects.toThrow("all strings or all bytes");
    await client.waitClosed();
    await expect(server.recv()).rejects.toMatchObject({ code: 1011, reason: "a fragmented message was abandoned" });
  });

  test("an iterable that throws before the first fragment costs only its own message", async () => {
    const { client, server } = connectedPair();
    const failed = new Error("no");
    const throwing: AsyncIterable<Data> = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failed) }) };
    await expect(client.send(throwing)).rejects.toBe(failed);
    await client.send("next");
    await expect(server.recv()).resolves.toBe("next");
  });

  test("an iterable that throws in the middle closes the connection with 1011; further sends say so", async () => {
    const { client, server } = connectedPair();
    const failed = new Error("no");
    const throwing = (async function* () {
      yield "one";
      throw failed;
    })();
    await expect(client.send(throwing)).rejects.toBe(failed);
    const afterwards = client.send("next");
    expect(client.sendNow("next")).toBe(false);
    let isSent = false;
    client[SESSION].outbox.sendShared(new Uint8Array([0x81, 0]), () => {
      isSent = true;
    });
    expect(isSent).toBe(false);
    await expect(afterwards).rejects.toThrow(ConnectionClosedError);
    await expect(server.recv()).rejects.toMatchObject({ code: 1011 });
  });

  test("an iterable is told when the connection is lost", async () => {
    const { connection, peer, clock } = stuck();
    let isFinished = false;
    const endless = (function* () {
      try {
        while (true) yield "x".repeat(10_000);
      } finally {
        isFinished = true;
      }
    })();
    const sent = connection.send(endless);
    await clock.advance(0);
    expect(connection.bufferedAmount).toBeLessThan(50_000);
    peer.reset();
    await expect(sent).rejects.toThrow(ConnectionClosedError);
    expect(isFinished).toBe(true);
  });
});

describe("order", () => {
  test("messages leave in the order of the calls, whatever their form", async () => {
    const { client, server, clock } = connectedPair();
    const slowly = async function* (...fragments: string[]) {
      for (const fragment of fragments) {
        await new Promise<void>((resolve) => void clock.schedule(resolve, 10));
        yield fragment;
      }
    };
    const sent = [client.send("a"), client.send(slowly("b", "b")), client.send("c"), client.send(slowly("d", "d"))];
    expect(client.sendNow("e")).toBe(false);
    const bytes = new Uint8Array([102]);
    expect(client.sendNow(bytes)).toBe(false);
    bytes[0] = 0;
    sent.push(client.send("g"));
    await clock.until(Promise.all(sent));
    const received: Message[] = [];
    for (let count = 0; count < 7; count++) received.push(await server.recv());
    expect(received).toEqual(["a", "bb", "c", "dd", "e", new Uint8Array([102]), "g"]);
  });

  test("a pong may go between two fragments; a shared frame may not", async () => {
    const { connection, peer, clock } = scriptedPeer("client");
    let goOn = () => {};
    const halting = (async function* () {
      yield "one";
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      yield "two";
    })();
    const sent = connection.send(halting);
    await peer.expectFrame({ opcode: 1, fin: false });
    let isSent = false;
    connection[SESSION].outbox.sendShared(new Uint8Array([0x81, 1, 0x78]), () => {
      isSent = true;
    });
    connection.pong("between");
    await peer.expectPong("between");
    await peer.expectNothing();
    goOn();
    await sent;
    await peer.expectFrame({ opcode: 0, fin: false });
    await peer.expectFrame({ opcode: 0, fin: true });
    await peer.expectText("x");
    await clock.advance(0);
    expect(isSent).toBe(true);
  });
});

describe("what may be sent", () => {
  test.each<[string, Data, Message]>([
    ["a string", "text", "text"],
    ["a Buffer", Buffer.from([1, 2]), new Uint8Array([1, 2])],
    ["a view of part of its memory", new Uint8Array([0, 1, 2, 3]).subarray(1, 3), new Uint8Array([1, 2])],
    ["a DataView", new DataView(new Uint8Array([0, 1, 2]).buffer, 1), new Uint8Array([1, 2])],
    ["an ArrayBuffer", new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2])],
    ["a SharedArrayBuffer", new SharedArrayBuffer(2), new Uint8Array(2)],
  ])("%s", async (_name, data, message) => {
    const { client, server } = connectedPair();
    await client.send(data);
    await expect(server.recv()).resolves.toEqual(message);
  });

  test("bytes as text, and text as bytes", async () => {
    const { client, server } = connectedPair();
    await client.send(Buffer.from("é"), { text: true });
    await client.send("é", { text: false });
    await client.send([Buffer.from("é")], { text: true });
    await expect(server.recv()).resolves.toBe("é");
    await expect(server.recv()).resolves.toEqual(new Uint8Array(Buffer.from("é")));
    await expect(server.recv()).resolves.toBe("é");
  });

  test("bytes as text that are not UTF-8 are refused, before a byte is sent", async () => {
    const { client, server } = connectedPair();
    expect(() => client.send(new Uint8Array([0xff]), { text: true })).toThrow("must be valid UTF-8");
    expect(() => client.sendNow(new Uint8Array([0xff]), { text: true })).toThrow(TypeError);
    await client.send("fine");
    await expect(server.recv()).resolves.toBe("fine");
  });

  test.each([undefined, null, 42, true, {}, new Date(0)])("%s is refused", (data) => {
    const { client } = connectedPair();
    expect(() => client.send(data as never)).toThrow("data must be a string, an ArrayBuffer or a view of one");
    expect(() => client.sendNow(data as never)).toThrow(TypeError);
  });
});

describe("a connection that is not open", () => {
  test("send rejects with the way it was closed, sendNow says false", async () => {
    const { client, server } = connectedPair();
    await server.close();
    await expect(client.send("x")).rejects.toThrow(ConnectionClosedOK);
    await expect(client.send(["x"])).rejects.toThrow(ConnectionClosedOK);
    expect(client.sendNow("x")).toBe(false);
  });

  test("while it closes, send rejects once it has", async () => {
    const { connection, peer, clock } = scriptedPeer("client");
    void connection.close();
    const sent = connection.send("x");
    expect(await isSettled(sent, clock)).toBe(false);
    await peer.expectClose();
    await peer.expectNothing();
    peer.sendClose(1000);
    peer.end();
    await expect(sent).rejects.toThrow(ConnectionClosedOK);
  });

  test("what nobody awaits never ends the process", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    const { connection, peer, clock } = stuck();
    const useAll = () => {
      void connection.send(kilobytes(100));
      void connection.send(["a", "b"]);
      void connection.send("behind it");
      void connection.ping();
      void connection.recv();
      void connection.waitClosed();
    };
    useAll();
    peer.reset();
    await clock.advance(0);
    useAll();
    void connection.close();
    // Node tells of rejections after the promise jobs of a turn
    await clock.advance(0);
    await clock.advance(0);
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
});

test("compression is the caller's wish for each message", async () => {
  const { client, server } = connectedPair({ compression: { threshold: 0 } });
  const text = "a".repeat(1_000);
  const sizes: number[] = [];
  for (const compress of [true, false]) {
    await server.send("flushed");
    client.sendNow(text, { compress });
    sizes.push(client.bufferedAmount);
    await expect(server.recv()).resolves.toBe(text);
  }
  expect(sizes[0]).toBeLessThan(100);
  expect(sizes[1]).toBeGreaterThan(1_000);
});
