import { describe, expect, test } from "vitest";
import type { Message } from "../protocol/message-assembler.ts";
import { connectedPair } from "../testing/connected-pair.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";
import { ConnectionClosedError } from "./errors.ts";

test("are the same at each access", () => {
  const { client } = connectedPair();
  expect(client.readable).toBe(client.readable);
  expect(client.writable).toBe(client.writable);
});

describe("readable", () => {
  test("gives the messages, and ends when the connection closes normally", async () => {
    const { client, server } = connectedPair();
    await client.send("a");
    await client.send(new Uint8Array([1]));
    void client.close();
    const messages: Message[] = [];
    for await (const message of server.readable) messages.push(message);
    expect(messages).toEqual(["a", new Uint8Array([1])]);
  });

  test("errors when the connection is lost", async () => {
    const { client, server } = connectedPair();
    const reader = server.readable.getReader();
    client.terminate();
    await expect(reader.read()).rejects.toThrow(ConnectionClosedError);
  });

  test("takes no message before it is read from", async () => {
    const { client, server, clock } = connectedPair();
    const { readable } = server;
    await client.send("a");
    await clock.advance(0);
    await expect(server.recv()).resolves.toBe("a");
    await client.send("b");
    await expect(readable.getReader().read()).resolves.toEqual({ value: "b", done: false });
  });

  test("cancelling it closes the connection with 1000, also while a message is waited for", async () => {
    const { client, server } = connectedPair();
    const reader = server.readable.getReader();
    const read = reader.read();
    await reader.cancel();
    await expect(read).resolves.toMatchObject({ done: true });
    expect([client.closeCode, server.state]).toEqual([1000, "closed"]);
  });
});

describe("writable", () => {
  test("sends what is written, and closing it closes the connection with 1000", async () => {
    const { client, server } = connectedPair();
    const writer = client.writable.getWriter();
    await writer.write("a");
    await writer.write(new Uint8Array([1]));
    void writer.close();
    await expect(server.recv()).resolves.toBe("a");
    await expect(server.recv()).resolves.toEqual(new Uint8Array([1]));
    await server.waitClosed();
    expect(server.closeCode).toBe(1000);
  });

  test("aborting it closes the connection with 1011", async () => {
    const { client, server } = connectedPair();
    await client.writable.abort("broken");
    expect([server.closeCode, server.closeReason]).toEqual([1011, "the stream of outgoing messages was aborted"]);
  });

  test("errors when the connection is lost", async () => {
    const { client, server } = connectedPair();
    server.terminate();
    await client.waitClosed();
    await expect(client.writable.getWriter().write("x")).rejects.toThrow(ConnectionClosedError);
  });

  test("waits for the peer", async () => {
    const { connection, peer, clock } = scriptedPeer("client", { link: { capacity: 0 } });
    peer.stopReading();
    const writer = connection.writable.getWriter();
    let isWritten = false;
    const written = writer.write("x".repeat(50_000)).then(() => {
      isWritten = true;
    });
    await clock.advance(0);
    expect([isWritten, writer.desiredSize]).toEqual([false, 0]);
    peer.readOn();
    await written;
    expect(writer.desiredSize).toBe(1);
  });
});

test("a connection piped into itself is an echo", async () => {
  const { client, server } = connectedPair();
  const piped = server.readable.pipeTo(server.writable);
  for (const text of ["a", "b"]) {
    await client.send(text);
    await expect(client.recv()).resolves.toBe(text);
  }
  await client.close();
  await piped;
});
