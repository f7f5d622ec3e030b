/** Hawser with an async function as the handler: every message is awaited, and so is every send. An echo only. */
import { serveHawser } from "./hawser-server.ts";
import { runServer } from "./server-process.ts";

await runServer(async (settings) => {
  const server = await serveHawser(async (ws) => {
    for await (const message of ws) await ws.send(message);
  }, settings);
  return server.port;
});
