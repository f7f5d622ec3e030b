/** Closing the connections of a server that accepts none any more, evenly over a time. */

import type { Server } from "hawser";

/** Resolves when the server has closed. `window`: milliseconds. */
export async function closeSpread(server: Server, window: number, code: number): Promise<void> {
  const connections = [...server.connections];
  const closed = server.close({ closeConnections: false });
  const start = performance.now();
  for (const [index, ws] of connections.entries()) {
    const left = start + (window * index) / connections.length - performance.now();
    // A timer takes a millisecond at least: of thousands, the last would be late
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    void ws.close(code);
  }
  // Those who came while others were closed
  await server.close({ code });
  await closed;
}
