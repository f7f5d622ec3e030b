import { connect, serve } from "hawser";
import { expect, onTestFinished, test } from "vitest";
import { closeSpread } from "./spread.ts";

test.each([[0], [50]])("over %d ms: everybody sees the code, and the server has closed", async (window) => {
  const server = await serve({ message() {} }, { host: "127.0.0.1" });
  onTestFinished(() => server.close());
  const open = Array.from({ length: 10 }, () => connect(`ws://127.0.0.1:${server.port}`));
  const clients = await Promise.all(open);
  await closeSpread(server, window, 1_012);
  await Promise.all(clients.map((ws) => ws.waitClosed()));
  expect(clients.map(({ closeCode }) => closeCode)).toEqual(clients.map(() => 1_012));
  expect(server.isReady).toBe(false);
});
