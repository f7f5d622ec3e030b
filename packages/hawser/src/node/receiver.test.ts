import { describe, expect, test } from "vitest";
import type { Message } from "../protocol/message-assembler.ts";
import { connectedPair } from "../testing/connected-pair.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";
import { ConcurrencyError, ConnectionClosedError, ConnectionClosedOK } from "./errors.ts";

const { TEXT, BINARY, CONTINUATION } = { TEXT: 1, BINARY: 2, CONTINUATION: 0 };

async function all(messages: AsyncIterable<Message>): Promise<Message[]> {
  const received: Message[] = [];
  for await (const message of messages) received.push(message);
  return received;
}

describe("recv", () => {
  test.each([
    ["text", "héllo", "héllo"],
    ["an empty text", "", ""],
    ["bytes", new Uint8Array([1, 2, 3]), new Uint8Array([1, 2, 3])],
    ["no bytes", new Uint8Array(0), new Uint8Array(0)],
  ])("%s", async (_name, sent, received) => {
    const { client, server } = connectedPair();
    await client.send(sent);
    await expect(server.recv()).resolves.toEqual(received);
  });

  test("bytes are the caller's own, and not a Node buffer", async () => {
    const { client, server } = connectedPair();
    await client.send(Buffer.from("first"));
    await client.send(Buffer.from("second"));
    const first = (await server.recv()) as Uint8Array;
    const second = (await server.recv()) as Uint8Array;
    expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype);
    first.fill(0);
    expect(second).toEqual(new Uint8Array(Buffer.from("second")));
  });

  test("what arrives byte by byte is one message", async () => {
    const { client, server } = connectedPair({ link: { chop: 1 } });
    await client.send("x".repeat(300));
    await expect(server.recv()).resolves.toBe("x".repeat(300));
  });

  test("a caller that waits gets the message when it comes", async () => {
    const { client, server, clock } = connectedPair({ link: { delay: 20 } });
    const received = server.recv();
    await client.send("late");
    await clock.advance(20);
    await expect(received).resolves.toBe("late");
  });

  test("messages before the Close frame are still delivered, then the error, again and again", async () => {
    const { client, server } = connectedPair();
    await client.send("a");
    await client.send("b");
    await client.close();
    await expect(server.recv()).resolves.toBe("a");
    await expect(server.recv()).resolves.toBe("b");
    await expect(server.recv()).rejects.toThrow(ConnectionClosedOK);
    await expect(server.recv()).rejects.toThrow(ConnectionClosedOK);
  });

  test("a caller that waits is told of the end", async () => {
    const { client, server } = connectedPair();
    const received = server.recv();
    client.terminate();
    await expect(received).rejects.toThrow(ConnectionClosedError);
  });

  test("two at once: the second gets a ConcurrencyError, the first its message", async () => {
    const { client, server } = connectedPair();
    const first = server.recv();
    await expect(server.recv()).rejects.toThrow(ConcurrencyError);
    await expect(server.recv()).rejects.toMatchObject({ code: "CONCURRENCY" });
    await client.send("for the first");
    await expect(first).resolves.toBe("for the first");
  });
});

describe("an abort signal", () => {
  test("that is aborted already", async () => {
    const { client, server } = connectedPair();
    await client.send("kept");
    await expect(server.recv({ signal: AbortSignal.abort("no") })).rejects.toBe("no");
    await expect(server.recv()).resolves.toBe("kept");
  });

  test("ends the wait, and the next caller gets the message", async () => {
    const { client, server } = connectedPair();
    const controller = new AbortController();
    const received = server.recv({ signal: controller.signal });
    controller.abort("enough");
    await expect(received).rejects.toBe("enough");
    await client.send("kept");
    await expect(server.recv()).resolves.toBe("kept");
  });

  test("in the same turn as the message: the message is delivered", async () => {
    const { client, server, clock } = connectedPair();
    const controller = new AbortController();
    const received = server.recv({ signal: controller.signal });
    void client.send("just in time");
    await clock.advance(0);
    controller.abort();
    await expect(received).resolves.toBe("just in time");
  });

  test("in a loop, loses nothing", async () => {
    const { client, server, clock } = connectedPair({ link: { delay: 1, chop: 3 } });
    const received: Message[] = [];
    for (let count = 0; count < 50; count++) {
      void client.send(String(count));
      const controller = new AbortController();
      const next = server.recv({ signal: controller.signal }).then(
        (message) => received.push(message),
        () => {},
      );
      if (count % 3 > 0) await clock.advance(count % 3);
      controller.abort();
      await next;
    }
    void client.close();
    const rest = all(server);
    await clock.advance(100);
    expect([...received, ...(await rest)]).toEqual(Array.from({ length: 50 }, (_, count) => String(count)));
  });

  test("leaves no listener behind", async () => {
    const { client, server } = connectedPair();
    const { signal } = new AbortController();
    let listeners = 0;
    const counted = {
      aborted: false,
      addEventListener: () => listeners++,
      removeEventListener: () => listeners--,
    } as unknown as AbortSignal;
    const received = server.recv({ signal: counted });
    expect(listeners).toBe(1);
    await client.send("x");
    await received;
    expect(listeners).toBe(0);
    const last = server.recv({ signal: counted });
    await client.close();
    await expect(last).rejects.toThrow(ConnectionClosedOK);
    expect(listeners).toBe(0);
    expect(signal.aborted).toBe(false);
  });
});

describe("iteration", () => {
  test.each([1000, 1001])("ends when the connection is closed with %d", async (code) => {
    const { client, server } = connectedPair();
    await client.send("a");
    await client.send("b");
    void client.close(code);
    await expect(all(server)).resolves.toEqual(["a", "b"]);
  });

  test("throws when the connection is lost, after the messages", async () => {
    const { client, server, clock } = connectedPair();
    await client.send("a");
    await clock.advance(0);
    client.terminate();
    const iterator = server[Symbol.asyncIterator]();
    await expect(iterator.next()).resolves.toEqual({ value: "a", done: false });
    await expect(iterator.next()).rejects.toThrow(ConnectionClosedError);
  });

  test("is over once it has thrown", async () => {
    const { client, server, clock } = connectedPair();
    const iterator = server[Symbol.asyncIterator]();
    const next = iterator.next();
    client.terminate();
    await clock.advance(0);
    await expect(next).rejects.toThrow(ConnectionClosedError);
    await expect(iterator.next()).resolves.toEqual({ value: undefined, done: true });
  });

  test("has one caller at a time", async () => {
    const { client, server } = connectedPair();
    const iterator = server[Symbol.asyncIterator]();
    const first = iterator.next();
    await expect(iterator.next()).rejects.toThrow(ConcurrencyError);
    await expect(server.recv()).rejects.toThrow(ConcurrencyError);
    await client.send("a");
    await expect(first).resolves.toEqual({ value: "a", done: false });
  });

  test("loses no message that was waited for when it is left", async () => {
    const { client, server } = connectedPair();
    const iterator = server[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await expect(iterator.return!()).resolves.toEqual({ value: undefined, done: true });
    await expect(waiting).resolves.toEqual({ value: undefined, done: true });
    await expect(iterator.next()).resolves.toEqual({ value: undefined, done: true });
    await client.send("a");
    await expect(server.recv()).resolves.toBe("a");
  });

  test("left twice, it ends nobody else's wait", async () => {
    const { client, server } = connectedPair();
    const iterator = server[Symbol.asyncIterator]();
    void iterator.next();
    await iterator.return!();
    const received = server.recv();
    await iterator.return!();
    await client.send("a");
    await expect(received).resolves.toBe("a");
  });

  test("is its own iterable", () => {
    const iterator = connectedPair().server[Symbol.asyncIterator]();
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
  });

  test("may be left and taken up again", async () => {
    const { client, server } = connectedPair();
    await client.send("a");
    await client.send("b");
    for await (const message of server) {
      expect(message).toBe("a");
      break;
    }
    await expect(server.recv()).resolves.toBe("b");
  });
});

describe("recvStream", () => {
  test.each([false, "deflate"] as const)("gives what was sent in fragments, compression %s", async (compression) => {
    const { client, server } = connectedPair({ compression });
    const pieces = all(server.recvStream());
    await client.send(["one", "two", "", "drei und zwanzig, drei und dreißig"]);
    await expect(pieces).resolves.toEqual(["one", "two", "drei und zwanzig, drei und dreißig"]);
    await client.send("whole");
    await expect(server.recv()).resolves.toBe("whole");
  });

  test("gives fragments as they arrive", async () => {
    const { connection, peer } = scriptedPeer("client");
    const stream = connection.recvStream();
    for (const [opcode, payload, fin] of [
      [TEXT, "one", false],
      [CONTINUATION, "two", false],
      [CONTINUATION, "three", true],
    ] as const) {
      const next = stream.next();
      peer.sendFrame({ opcode, payload, fin });
      await expect(next).resolves.toEqual({ value: payload, done: false });
    }
    await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
    peer.sendText("next");
    await expect(connection.recv()).resolves.toBe("next");
  });

  test("a character that two fragments share is kept whole", async () => {
    const { connection, peer } = scriptedPeer("client");
    const bytes = Buffer.from("a€b");
    const pieces = all(connection.recvStream());
    peer.sendFrame({ opcode: TEXT, payload: bytes.subarray(0, 2), fin: false });
    await peer.expectNothing();
    peer.sendFrame({ opcode: CONTINUATION, payload: bytes.subarray(2) });
    await expect(pieces).resolves.toEqual(["a", "€b"]);
  });

  test("a message that had arrived already comes whole", async () => {
    const { client, server, clock } = connectedPair();
    await client.send("whole");
    await clock.advance(0);
    await expect(all(server.recvStream())).resolves.toEqual(["whole"]);
  });

  test("a message that has begun to arrive goes on", async () => {
    const { connection, peer } = scriptedPeer("client");
    peer.sendFrame({ opcode: BINARY, payload: "ab", fin: false });
    await peer.expectNothing();
    const stream = connection.recvStream();
    await expect(stream.next()).resolves.toMatchObject({ value: new Uint8Array(Buffer.from("ab")) });
    peer.sendFrame({ opcode: CONTINUATION, payload: "cd" });
    await expect(stream.next()).resolves.toMatchObject({ value: new Uint8Array(Buffer.from("cd")) });
    await expect(stream.next()).resolves.toMatchObject({ done: true });
  });

  test("a large frame comes in pieces, and the sender is stopped meanwhile", async () => {
    const { connection, peer, link, clock } = scriptedPeer("client", { link: { chop: 16_384 } });
    const stream = connection.recvStream();
    const first = stream.next();
    peer.sendBinary(new Uint8Array(1_000_000).fill(7));
    let length = ((await first).value as Uint8Array).length;
    expect(length).toBeLessThan(100_000);
    await clock.advance(0);
    expect(link.client.bufferedAmount).toBeGreaterThan(500_000);
    for await (const piece of stream) length += piece.length;
    expect(length).toBe(1_000_000);
  });

  test("an empty message has no pieces", async () => {
    const { client, server } = connectedPair();
    const pieces = all(server.recvStream());
    await client.send("");
    await expect(pieces).resolves.toEqual([]);
  });

  test("a compressed message comes at once", async () => {
    const { client, server } = connectedPair({ compression: "deflate" });
    const pieces = all(server.recvStream());
    await client.send("abc".repeat(1_000));
    await expect(pieces).resolves.toEqual(["abc".repeat(1_000)]);
  });

  test("leaving early drops the rest of the message, and the next can be received at once", async () => {
    const { connection, peer } = scriptedPeer("client");
    peer.sendFrame({ opcode: TEXT, payload: "one", fin: false });
    await peer.expectNothing();
    for await (const piece of connection.recvStream()) {
      expect(piece).toBe("one");
      break;
    }
    const next = connection.recv();
    peer.sendFrame({ opcode: CONTINUATION, payload: "two", fin: false });
    peer.sendFrame({ opcode: CONTINUATION, payload: "three" });
    peer.sendText("next");
    await expect(next).resolves.toBe("next");
  });

  test("leaving early drops what has arrived of the message, and no more", async () => {
    const { connection, peer } = scriptedPeer("client");
    const stream = connection.recvStream();
    const first = stream.next();
    peer.sendFrame({ opcode: TEXT, payload: "one", fin: false });
    peer.sendFrame({ opcode: CONTINUATION, payload: "two" });
    peer.sendText("next");
    await first;
    await peer.expectNothing();
    await stream.return();
    await expect(connection.recv()).resolves.toBe("next");
  });

  test("a large message that was left is read to its end", async () => {
    const { connection, peer, link } = scriptedPeer("client", { link: { chop: 10_000 } });
    peer.sendFrame({ opcode: BINARY, payload: "first", fin: false });
    await peer.expectNothing();
    for await (const _piece of connection.recvStream()) break;
    peer.sendFrame({ opcode: CONTINUATION, payload: new Uint8Array(900_000) });
    peer.sendText("next");
    await peer.expectNothing();
    expect(link.client.bufferedAmount).toBe(0);
    await expect(connection.recv()).resolves.toBe("next");
  });

  test("meanwhile nobody else receives", async () => {
    const { connection, peer } = scriptedPeer("client");
    const stream = connection.recvStream();
    const first = stream.next();
    peer.sendFrame({ opcode: TEXT, payload: "one", fin: false });
    await first;
    await expect(connection.recv()).rejects.toThrow(ConcurrencyError);
    await expect(connection.recvStream().next()).rejects.toThrow(ConcurrencyError);
    await stream.return();
  });

  test("the connection is lost in the middle", async () => {
    const { connection, peer } = scriptedPeer("client");
    const stream = connection.recvStream();
    const first = stream.next();
    peer.sendFrame({ opcode: TEXT, payload: "one", fin: false });
    await first;
    const second = stream.next();
    peer.reset();
    await expect(second).rejects.toThrow(ConnectionClosedError);
    await expect(connection.recv()).rejects.toThrow(ConnectionClosedError);
  });
});
