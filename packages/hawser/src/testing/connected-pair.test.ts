import { describe, expect, test } from "vitest";
import { SESSION } from "../node/connection.ts";
import { connectedPair } from "./connected-pair.ts";
import { FakeClock } from "./fake-clock.ts";

describe("connectedPair", () => {
  test("without a delay, messages need no turning of the clock", async () => {
    const { client, server, clock } = connectedPair();
    await client.send("hello");
    await expect(server.recv()).resolves.toBe("hello");
    await server.send(new Uint8Array([1, 2]));
    await expect(client.recv()).resolves.toEqual(new Uint8Array([1, 2]));
    expect(clock.now()).toBe(0);
  });

  test("with a delay, they take the time of the clock", async () => {
    const { client, server, clock } = connectedPair({ link: { delay: 250 } });
    void client.send("hello");
    await expect(clock.until(server.recv())).resolves.toBe("hello");
    expect(clock.now()).toBe(250);
  });

  test("several pairs may share a clock", async () => {
    const clock = new FakeClock();
    const pairs = [connectedPair({ clock }), connectedPair({ clock })];
    for (const { link } of pairs) link.cut();
    await clock.advance(60_000);
    expect(pairs.map(({ server }) => server.state)).toEqual(["closed", "closed"]);
  });

  test.each([["deflate"], [{ threshold: 0, serverNoContextTakeover: true }]] as const)(
    "compression %j is negotiated and used",
    async (compression) => {
      const { client, server, link } = connectedPair({ compression });
      expect(server.extensions[0]!.name).toBe("permessage-deflate");
      const text = "the same again and again, ".repeat(500);
      link.toServer.cut();
      for (const [from, to] of [
        [server, client],
        [client, server],
      ] as const) {
        from.sendNow(text);
        expect(from.bufferedAmount).toBeLessThan(1_000);
        link.toServer.restore();
        await expect(to.recv()).resolves.toBe(text);
      }
    },
  );

  test("each side has options of its own", async () => {
    const { client, server } = connectedPair({ server: { maxSize: 10 }, client: { writeLimit: 5 } });
    expect(client[SESSION].settings).toMatchObject({ writeLimit: 5, maxSize: 1_048_576 });
    await client.send("more than ten");
    await expect(server.recv()).rejects.toMatchObject({ sent: { code: 1009 } });
  });

  test("options that serve() would refuse are refused", () => {
    expect(() => connectedPair({ server: { maxSize: -1 } })).toThrow("Cannot serve: maxSize");
    expect(() => connectedPair({ client: { maxSize: -1 } })).toThrow("Cannot connect: maxSize");
    expect(() => connectedPair({ headers: { Upgrade: "h2c" } })).toThrow("headers must not contain Upgrade");
  });

  test("a handshake that fails is an error that says why", () => {
    expect(() => connectedPair({ headers: { Host: "not a host" } })).toThrow("exactly one valid Host header");
  });

  test("a link that is cut and restored loses nothing", async () => {
    const { client, server, clock, link } = connectedPair();
    link.cut();
    void client.send("late");
    await clock.advance(30_000);
    link.restore();
    await expect(server.recv()).resolves.toBe("late");
    await clock.advance(60_000);
    expect([client.state, server.state]).toEqual(["open", "open"]);
  });
});
