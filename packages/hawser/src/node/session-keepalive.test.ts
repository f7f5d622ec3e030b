import { describe, expect, test } from "vitest";
import { connectedPair } from "../testing/connected-pair.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";

describe("keepalive", () => {
  test("a ping after 20 s of silence, and 1011 after another 20 s without a byte", async () => {
    const { connection, peer, clock } = scriptedPeer("client");
    await clock.advance(19_999);
    await peer.expectNothing();
    await clock.advance(1);
    await peer.expectPing();
    await clock.advance(19_999);
    await peer.expectNothing();
    await clock.advance(1);
    await peer.expectClose(1011, "keepalive ping timeout");
    await peer.expectEnd();
    peer.end();
    await clock.until(connection.waitClosed());
    await expect(connection.recv()).rejects.toMatchObject({
      code: 1006,
      sent: { code: 1011, reason: "keepalive ping timeout" },
      cause: { code: "KEEPALIVE_TIMEOUT" },
    });
  });

  test("a peer that is gone is given up within closeTimeout", async () => {
    const { server, clock, link } = connectedPair();
    link.cut();
    await clock.advance(49_000);
    expect(server.state).toBe("closing");
    await clock.advance(1_010);
    expect(server.state).toBe("closed");
    expect(server.closeCode).toBe(1006);
  });

  test("no pings while anything arrives", async () => {
    const { connection, peer, clock } = scriptedPeer("server");
    for (let round = 0; round < 10; round++) {
      await clock.advance(15_000);
      peer.sendPong("sign of life");
      await peer.expectNothing();
    }
    expect(connection.state).toBe("open");
  });

  test("half a frame is a sign of life, also after a ping", async () => {
    const { connection, peer, clock } = scriptedPeer("client");
    await clock.advance(20_000);
    await peer.expectPing();
    await clock.advance(19_000);
    peer.sendBytes(new Uint8Array([0x81]));
    await clock.advance(19_000);
    expect(connection.state).toBe("open");
    await peer.expectNothing();
  });

  test("both sides ping each other, and stay open", async () => {
    const { client, server, clock } = connectedPair({ link: { delay: 100 } });
    await clock.advance(3_600_000);
    expect([client.state, server.state]).toEqual(["open", "open"]);
    expect([client.latency, server.latency]).toContain(200);
  });

  test("pings go on at their interval although the timeout is longer", async () => {
    const { peer, clock } = scriptedPeer("client", { connection: { pingInterval: 1_000, pingTimeout: 60_000 } });
    for (let round = 0; round < 5; round++) {
      await clock.advance(1_010);
      peer.sendPong(await peer.expectPing());
    }
  });

  test("without a timeout, a silent peer is kept, and pinged again once it was heard", async () => {
    const { connection, peer, clock } = scriptedPeer("client", { connection: { pingTimeout: null } });
    await clock.advance(20_000);
    const payload = await peer.expectPing();
    await clock.advance(600_000);
    expect(connection.state).toBe("open");
    peer.sendPong(payload);
    await clock.advance(20_010);
    await peer.expectPing();
  });

  test("without an interval there are no pings", async () => {
    const { peer, clock } = scriptedPeer("client", { connection: { pingInterval: null } });
    await clock.advance(86_400_000);
    await peer.expectNothing();
  });

  test.each([20_100, 25_000, 3_600_000])("a stall of %d ms of our own does not count", async (stall) => {
    const { connection, peer, clock } = scriptedPeer("client", { link: { delay: 50 } });
    await clock.advance(20_000);
    const ping = clock.advance(50);
    const payload = await peer.expectPing();
    await ping;
    peer.sendPong(payload);
    clock.stall(stall);
    await clock.advance(0);
    expect(connection.state).toBe("open");
    expect(connection.latency).toBeGreaterThan(0);
  });

  test("time in which we do not read does not count", async () => {
    const { connection, peer, clock } = scriptedPeer("client", { connection: { readLimit: 1 } });
    peer.sendBinary(new Uint8Array(200_000));
    await clock.advance(600_000);
    expect(connection.state).toBe("open");
    await expect(connection.recv()).resolves.toHaveLength(200_000);
  });
});
