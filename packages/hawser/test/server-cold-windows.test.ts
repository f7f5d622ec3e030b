/**
 * What compressed connections hold, over real sockets: windows become cold, a budget is kept, and metrics tell.
 */

import { type CompressionMetrics, type ConnectOptions, connect, type ServeOptions, type Server } from "hawser";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { echo, serving } from "./support/serving.ts";

/** Node's zlib takes the place of the engine that has such windows. */
const isWithoutVectors = process.env["HAWSER_TEST_WITHOUT_VECTORS"] !== undefined;

const MESSAGE = JSON.stringify(Array.from({ length: 40 }, (_, id) => ({ id, even: id % 2 === 0 })));

async function client(server: Server, options: ConnectOptions = {}) {
  const ws = await connect(`ws://127.0.0.1:${server.port}`, { maxSize: 100_000, ...options });
  onTestFinished(() => ws.terminate());
  return ws;
}

async function exchange(ws: Awaited<ReturnType<typeof client>>): Promise<void> {
  await ws.send(MESSAGE);
  expect(await ws.recv()).toBe(MESSAGE);
}

/** Nothing is known of windows where zlib compresses. */
function metricsOf(server: Server): Partial<CompressionMetrics> | undefined {
  return isWithoutVectors ? undefined : server.metrics().compression;
}

describe("a server's metrics", () => {
  test.each<[string, ServeOptions]>([
    ["switched off", { compression: false }],
    ["by nobody's extension", { compression: false, extensions: [] }],
  ])("have nothing of compression that is %s", async (_name, options) => {
    const server = await serving(echo, options);
    expect(server.metrics().compression).toBeUndefined();
  });

  test("tell what windows hold, and that they are cold after a while", async () => {
    const server = await serving(echo, { compression: { coldAfter: 40 } });
    const clients = [await client(server), await client(server), await client(server, { compression: false })];
    for (let times = 1; times <= 2; times++) {
      for (const ws of clients) await exchange(ws);
      if (isWithoutVectors) continue;
      await vi.waitFor(() => expect(metricsOf(server)).toMatchObject({ windows: 4, coldWindows: 4 }), 10_000);
      const { heldBytes, coldBytes, thawed } = server.metrics().compression!;
      expect(thawed).toBeGreaterThanOrEqual(4 * (times - 1));
      expect(coldBytes).toBeLessThan(1_000);
      expect(heldBytes).toBe(coldBytes);
    }
    for (const ws of clients) await ws.close();
    if (isWithoutVectors) return;
    await vi.waitFor(() => expect(metricsOf(server)).toMatchObject({ windows: 0, coldWindows: 0, heldBytes: 0 }));
  });
});

test("a budget that is used up has connections opened without compression", async () => {
  const server = await serving(echo, { compression: { memoryBudget: 4_095 } });
  const [narrow, wide] = [
    await client(server, { compression: { clientMaxWindowBits: 11 } }),
    await client(server, { compression: { clientMaxWindowBits: 12 } }),
  ];
  expect(narrow.extensions).toHaveLength(1);
  expect(wide.extensions).toHaveLength(isWithoutVectors ? 1 : 0);
  for (const ws of [narrow, wide, narrow]) await exchange(ws);
  if (isWithoutVectors) return;
  expect(server.metrics().compression).toMatchObject({ memoryBudget: 4_095, declined: 1 });
  expect(server.metrics().compression!.heldBytes).toBeLessThanOrEqual(4_095);
});

test("without a time after which they are cold, windows stay as they are", async () => {
  const server = await serving(echo, { compression: { coldAfter: null } });
  const ws = await client(server);
  await exchange(ws);
  await exchange(ws);
  if (!isWithoutVectors) expect(server.metrics().compression).toMatchObject({ windows: 2, coldWindows: 0, frozen: 0 });
});
