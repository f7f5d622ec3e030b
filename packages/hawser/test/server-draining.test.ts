import type { DrainOptions } from "hawser";
import { describe, expect, test } from "vitest";
import { within } from "./support/deadline.ts";
import { answerTo, openClient, rawClient, upgradeRequest } from "./support/raw-client.ts";
import { echo, serving, untilCounted } from "./support/serving.ts";

describe("drain", () => {
  test("not ready but accepting; then 503, and one after the other closed with 1012", async () => {
    const server = await serving(echo);
    const clients = [await openClient(server.port), await openClient(server.port)];
    const start = performance.now();
    const drained = server.drain({ notReady: 200, window: 300 });
    expect(server.isReady).toBe(false);
    clients.push(await openClient(server.port));
    expect(await clients[2]!.text("still served").message()).toBe("still served");
    const order: number[] = [];
    const endings = clients.map(async (client, index) => {
      const { code } = await client.closed();
      order.push(index);
      // Never before its turn: they are due at 0, a third and two thirds of the window
      return { code, isInTime: performance.now() - start >= 200 + index * 100 - 2 };
    });
    const ending = await endings[0];
    const refused = await answerTo(server.port, upgradeRequest());
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(order).toEqual([0]);
    expect(ending).toEqual({ code: 1012, isInTime: true });
    expect(await Promise.all(endings)).toEqual(Array(3).fill({ code: 1012, isInTime: true }));
    expect(order).toEqual([0, 1, 2]);
    await within("drain", drained);
    expect(server.metrics()).toMatchObject({ connections: 0, accepted: 3, refused: 1, closed: 3 });
  });

  test.each([
    [0, "1"],
    [999, "1"],
    [2_500, "3"],
  ])("window %i: Retry-After %s for those that are on their way", async (window, retryAfter) => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    const opening = await rawClient(server.port);
    await untilCounted(server, { openings: 1 });
    const drained = server.drain({ notReady: 0, window });
    const response = await opening.response();
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, retryAfter]);
    expect((await client.closed()).code).toBe(1012);
    await within("drain", drained);
  });

  test("with a code and a reason of one's own", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    const drained = server.drain({ notReady: 0, window: 0, code: 4012, reason: "new version" });
    expect(await client.closed()).toEqual({ code: 4012, reason: "new version" });
    await within("drain", drained);
  });

  test("without connections it is over after notReady", async () => {
    const server = await serving(echo);
    const drained = server.drain({ notReady: 500, window: 60_000 });
    await openClient(server.port).then(async (client) => client.closed());
    await within("drain", drained);
    await within("waitClosed", server.waitClosed());
  });

  test("clients that leave in the meantime shorten it", async () => {
    const server = await serving(echo);
    const clients = [await openClient(server.port), await openClient(server.port)];
    const drained = server.drain({ notReady: 0, window: 60_000 });
    expect((await clients[0]!.closed()).code).toBe(1012);
    clients[1]!.socket.resetAndDestroy();
    await within("drain", drained);
  });

  test("twice is once", async () => {
    const server = await serving(echo);
    const drained = server.drain({ notReady: 10, window: 0 });
    expect(server.drain({ notReady: 60_000 })).toBe(drained);
    await within("drain", drained);
  });

  test("after close it is the same as waiting", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    const closed = server.close();
    const drained = server.drain();
    expect((await client.closed()).code).toBe(1001);
    await within("both", Promise.all([closed, drained]));
  });

  test.each<[phase: string, options: DrainOptions]>([
    ["is not ready", { notReady: 60_000 }],
    ["closes connections", { notReady: 0, window: 60_000 }],
  ])("close() ends it while it %s", async (_phase, options) => {
    const server = await serving(echo);
    const clients = [await openClient(server.port), await openClient(server.port)];
    const drained = server.drain(options);
    if (options.notReady === 0) expect((await clients.shift()!.closed()).code).toBe(1012);
    const closed = server.close({ code: 4000 });
    expect(await Promise.all(clients.map(async (client) => (await client.closed()).code))).toEqual(
      clients.map(() => 4000),
    );
    await within("both", Promise.all([closed, drained]));
  });

  test("close({ closeConnections: false }) ends it and leaves the clients alone", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    const drained = server.drain({ notReady: 60_000 });
    const closed = server.close({ closeConnections: false });
    expect(await client.text("still served").message()).toBe("still served");
    client.socket.end();
    await within("both", Promise.all([closed, drained]));
  });

  test.each<[options: DrainOptions, message: string]>([
    [{ notReady: -1 }, "Cannot drain: notReady must be a number of milliseconds, got -1"],
    [{ window: Number.NaN }, "Cannot drain: window must be a number of milliseconds, got NaN"],
    [{ window: Number.POSITIVE_INFINITY }, "Cannot drain: window must be a number of milliseconds, got Infinity"],
    [{ windw: 5 } as DrainOptions, 'Cannot drain: there is no option "windw", did you mean "window"?'],
    [{ code: 1006 }, "1006"],
    [{ reason: "x".repeat(124) }, "123"],
  ])("%o is refused, and the server goes on", async (options, message) => {
    const server = await serving(echo);
    expect(() => server.drain(options)).toThrow(message);
    expect(server.isReady).toBe(true);
  });
});
