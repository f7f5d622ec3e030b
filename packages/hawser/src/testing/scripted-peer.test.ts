import { AssertionError } from "node:assert";
import { describe, expect, test } from "vitest";
import { ConnectionClosedError } from "../node/errors.ts";
import { scriptedPeer } from "./scripted-peer.ts";

describe.each(["client", "server"] as const)("a scripted %s", (role) => {
  const setUp = () => (role === "client" ? scriptedPeer("client") : scriptedPeer("server"));

  test("sends and expects messages", async () => {
    const { connection, peer } = setUp();
    peer.sendText("héllo");
    await expect(connection.recv()).resolves.toBe("héllo");
    peer.sendBinary(new Uint8Array([1]));
    await expect(connection.recv()).resolves.toEqual(new Uint8Array([1]));
    await connection.send("a");
    await connection.send(["b", "c"]);
    await connection.send(new Uint8Array([2]));
    await peer.expectText("a");
    await expect(peer.expectText()).resolves.toBe("bc");
    await peer.expectBinary(new Uint8Array([2]));
  });

  test("masks as its role must", async () => {
    const { connection, peer } = setUp();
    peer.sendText("x");
    await connection.recv();
    await connection.send("y");
    await peer.expectFrame({ masked: role === "server", payload: new Uint8Array([0x79]), rsv: 0, fin: true });
  });

  test("sends and expects control frames, and answers none by itself", async () => {
    const { connection, peer } = setUp();
    peer.sendPing("1");
    peer.sendPing();
    await peer.expectPong("1");
    await peer.expectPong();
    const latency = connection.ping();
    const payload = await peer.expectPing();
    await peer.expectNothing();
    peer.sendPong(payload);
    await expect(latency).resolves.toBe(0);
    const closed = connection.close(1000, "bye");
    await expect(peer.expectClose()).resolves.toEqual({ code: 1000, reason: "bye" });
    peer.sendClose(1000);
    if (role === "server") peer.end();
    await peer.expectEnd();
    peer.end();
    await closed;
  });

  test.each([
    ["the wrong mask", { opcode: 1, masked: role === "server" }, 1002],
    ["a reserved bit", { opcode: 1, rsv: 0x40 }, 1002],
    ["a reserved opcode", { opcode: 3 }, 1002],
    ["bad UTF-8", { opcode: 1, payload: new Uint8Array([0xff]) }, 1007],
    ["a frame that is too large, by its header alone", { opcode: 2, announcedLength: 2 ** 40 }, 1009],
  ])("may misbehave: %s", async (_name, frame, code) => {
    const { connection, peer } = setUp();
    peer.sendFrame(frame);
    await peer.expectClose(code);
    peer.end();
    await expect(connection.recv()).rejects.toThrow(ConnectionClosedError);
  });

  test("may send bytes as they are", async () => {
    const { peer } = setUp();
    peer.sendBytes(new Uint8Array([0xff, 0xff]));
    await peer.expectClose(1002);
  });

  test("may reset the connection, or fall silent", async () => {
    const first = setUp();
    first.peer.reset();
    await expect(first.connection.recv()).rejects.toMatchObject({ code: 1006, cause: { code: "ECONNRESET" } });
    const second = setUp();
    second.peer.silence();
    second.peer.sendText("unheard");
    const received = second.connection.recv();
    await second.clock.advance(60_000);
    await expect(received).rejects.toMatchObject({ code: 1006, cause: { code: "KEEPALIVE_TIMEOUT" } });
  });

  test("may stop reading", async () => {
    const { connection, peer, clock } = setUp();
    peer.stopReading();
    connection.sendNow(new Uint8Array(100_000));
    await clock.advance(0);
    expect(connection.bufferedAmount).toBeGreaterThan(30_000);
    peer.readOn();
    await peer.expectBinary();
    expect(connection.bufferedAmount).toBe(0);
  });
});

describe("what was not expected is an AssertionError", () => {
  test("another text", async () => {
    const { connection, peer } = scriptedPeer("client");
    void connection.send("b");
    await expect(peer.expectText("a")).rejects.toThrow(AssertionError);
  });

  test("another frame", async () => {
    const { connection, peer } = scriptedPeer("client");
    connection.pong("x");
    await expect(peer.expectText("x")).rejects.toThrow(AssertionError);
    connection.pong("x");
    await expect(peer.expectPong("y")).rejects.toThrow(AssertionError);
  });

  test("other bytes", async () => {
    const { connection, peer } = scriptedPeer("client");
    void connection.send(new Uint8Array([1]));
    await expect(peer.expectBinary(new Uint8Array([2]))).rejects.toThrow(AssertionError);
  });

  test("another close code", async () => {
    const { connection, peer } = scriptedPeer("client");
    void connection.close(1001, "why");
    await expect(peer.expectClose(1000)).rejects.toThrow(AssertionError);
  });

  test("a frame where there should be none", async () => {
    const { connection, peer } = scriptedPeer("client");
    connection.sendNow("x");
    await expect(peer.expectNothing()).rejects.toThrow(AssertionError);
  });

  test("the end where there should be a frame, and a frame where there should be the end", async () => {
    const { connection, peer } = scriptedPeer("client");
    connection.terminate();
    await expect(peer.expectText()).rejects.toThrow("the connection has ended");
    const other = scriptedPeer("client");
    other.connection.sendNow("x");
    other.connection.terminate();
    await expect(other.peer.expectEnd()).resolves.toBeUndefined();
  });
});
