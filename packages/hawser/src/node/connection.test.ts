import { describe, expect, test } from "vitest";
import { connectedPair } from "../testing/connected-pair.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";
import { ConnectionClosed, ConnectionClosedError, ConnectionClosedOK } from "./errors.ts";

/** What callers without types may pass. */
type Untyped = Record<"send" | "sendNow" | "recv", (...parameters: unknown[]) => unknown>;

test.each<[call: string, make: (connection: Untyped) => unknown, message: string]>([
  [
    "send",
    (connection) => connection.send("x", { txt: true }),
    'Cannot send: there is no option "txt", did you mean "text"?',
  ],
  ["sendNow", (connection) => connection.sendNow("x", { binary: true }), 'Cannot send: there is no option "binary"'],
  [
    "recv",
    (connection) => connection.recv({ sginal: undefined }),
    'Cannot receive: there is no option "sginal", did you mean "signal"?',
  ],
])("%s refuses unknown options, and the connection goes on", async (_call, make, message) => {
  const { client, server } = connectedPair();
  expect(() => make(client as unknown as Untyped)).toThrow(message);
  void client.send("next");
  expect(await server.recv()).toBe("next");
});

describe("what a connection says of itself", () => {
  test("the handshake", () => {
    const { client, server } = connectedPair({
      path: "/room?id=1",
      headers: { "X-Token": "t" },
      subprotocols: ["v2", "v1"],
      compression: "deflate",
    });
    for (const side of [client, server]) {
      expect(side.request.path).toBe("/room?id=1");
      expect(side.request.headers.get("x-token")).toBe("t");
      expect(side.response.status).toBe(101);
      expect(side.response.headers.get("sec-websocket-protocol")).toBe("v2");
      expect(side.subprotocol).toBe("v2");
      expect(side.extensions.map(({ name }) => name)).toEqual(["permessage-deflate"]);
      expect(side.extensions[0]!.parameters.get("server_max_window_bits")).toBe("12");
    }
  });

  test("without subprotocol and extensions", () => {
    const { client, server } = connectedPair();
    for (const side of [client, server]) expect([side.subprotocol, side.extensions]).toEqual([undefined, []]);
  });

  test("its name is one UUID", () => {
    const { client, server } = connectedPair();
    expect(client.id).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    expect(client.id).toBe(client.id);
    expect(server.id).not.toBe(client.id);
  });

  test("addresses", () => {
    const { client, server } = connectedPair();
    expect([client.localAddress, client.localPort]).toEqual([server.remoteAddress, server.remotePort]);
    expect([client.remoteAddress, client.remotePort]).toEqual([server.localAddress, server.localPort]);
  });

  test("the application's own data", () => {
    const { server } = connectedPair<{ user: string }>();
    expect(server.data).toBeUndefined();
    server.data = { user: "ann" };
    expect(server.data.user).toBe("ann");
  });

  test("its state and how it ended", async () => {
    const { connection, peer } = scriptedPeer("client");
    const describeState = () => [connection.state, connection.closeCode, connection.closeReason];
    expect(describeState()).toEqual(["open", undefined, undefined]);
    const closed = connection.close(4_000, "ours");
    expect(describeState()).toEqual(["closing", undefined, undefined]);
    peer.sendClose(4_001, "theirs");
    peer.end();
    await closed;
    expect(describeState()).toEqual(["closed", 4_001, "theirs"]);
  });
});

describe("ping", () => {
  test("resolves with the round trip, which is the latency from then on", async () => {
    const { client, clock } = connectedPair({ link: { delay: 30 } });
    expect(client.latency).toBeUndefined();
    await expect(clock.until(client.ping())).resolves.toBe(60);
    expect(client.latency).toBe(60);
  });

  test("a pong answers the ping whose payload it repeats, and those before it", async () => {
    const { connection, peer, clock } = scriptedPeer("client");
    const first = connection.ping("1");
    await clock.advance(10);
    const second = connection.ping("2");
    await clock.advance(10);
    const third = connection.ping("3");
    peer.sendPong("2");
    await expect(Promise.all([first, second])).resolves.toEqual([20, 10]);
    peer.sendPong("none of ours");
    await clock.advance(5);
    peer.sendPong("3");
    await expect(third).resolves.toBe(5);
  });

  test("has a payload of its own if none is given", async () => {
    const { connection, peer } = scriptedPeer("server");
    void connection.ping();
    void connection.ping();
    const [first, second] = [await peer.expectPing(), await peer.expectPing()];
    expect([first.length, second.length]).toEqual([4, 4]);
    expect(first).not.toEqual(second);
  });

  test("is lost with the connection", async () => {
    const { client, server } = connectedPair();
    server.terminate();
    await expect(client.ping()).rejects.toThrow(ConnectionClosedError);
    await expect(client.ping()).rejects.toThrow(ConnectionClosed);
  });

  test("is lost when the connection closes before its pong", async () => {
    const { connection, peer } = scriptedPeer("client");
    const lost = connection.ping("x");
    peer.sendClose(1000);
    peer.end();
    await expect(lost).rejects.toThrow(ConnectionClosedOK);
  });

  test.each([
    ["too long", "x".repeat(126), "at most 125 bytes, got 126"],
    ["neither text nor bytes", 5, "data must be a string"],
  ])("refuses a payload that is %s", (_name, payload, message) => {
    const { client } = connectedPair();
    expect(() => client.ping(payload as never)).toThrow(message);
    expect(() => client.pong(payload as never)).toThrow(message);
  });
});

test("pong asks for nothing", async () => {
  const { connection, peer } = scriptedPeer("client");
  connection.pong();
  connection.pong("alive");
  await peer.expectPong("");
  await peer.expectPong("alive");
});

describe("close", () => {
  test.each([
    [999, "", "code must be"],
    [1005, "", "code must be"],
    [1006, "", "code must be"],
    [5_000, "", "code must be"],
    [1000, "é".repeat(62), "at most 123 bytes of UTF-8, got 124"],
  ])("refuses %d %j", (code, reason, message) => {
    const { client } = connectedPair();
    expect(() => client.close(code, reason)).toThrow(message);
    expect(client.state).toBe("open");
  });

  test("a second time does no more than wait", async () => {
    const { client, server } = connectedPair();
    await Promise.all([client.close(1000, "first"), client.close(1001, "second"), server.waitClosed()]);
    await client.close();
    expect(server.closeReason).toBe("first");
  });

  test("from both sides at once", async () => {
    const { client, server, clock } = connectedPair({ link: { delay: 10 } });
    await clock.until(Promise.all([client.close(1000, "client's"), server.close(1001, "server's")]));
    expect([client.closeCode, client.closeReason]).toEqual([1001, "server's"]);
    expect([server.closeCode, server.closeReason]).toEqual([1000, "client's"]);
  });

  test("what was sent before arrives first", async () => {
    const { client, server } = connectedPair({ link: { chop: 1_000, capacity: 0 } });
    void client.send("x".repeat(100_000));
    void client.close();
    await expect(server.recv()).resolves.toHaveLength(100_000);
    await expect(server.recv()).rejects.toThrow(ConnectionClosedOK);
  });
});

test("terminate loses what was not sent, and the peer sees 1006", async () => {
  const { client, server, clock } = connectedPair({ link: { delay: 10 } });
  void client.send("lost");
  client.terminate();
  await client.waitClosed();
  expect([client.closeCode, server.state]).toEqual([1006, "open"]);
  await clock.advance(10);
  await expect(server.recv()).rejects.toMatchObject({ code: 1006 });
});

test("await using closes with 1000", async () => {
  const { client, server } = connectedPair();
  await client[Symbol.asyncDispose]();
  expect([client.state, server.closeCode]).toEqual(["closed", 1000]);
});
