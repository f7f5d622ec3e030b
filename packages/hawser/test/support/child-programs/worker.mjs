/** A server in a worker thread, which signals do not reach: the main thread asks for the end with a message. */

import { parentPort } from "node:worker_threads";
import { serve } from "hawser";

const controller = new AbortController();
parentPort.once("message", (message) => {
  if (message === "stop") controller.abort();
});

const server = await serve(
  async (ws) => {
    for await (const message of ws) await ws.send(message);
  },
  { host: "127.0.0.1", signal: controller.signal, transport: process.env.HAWSER_TEST_TRANSPORT },
);
parentPort.postMessage(server.port);
await server.waitClosed();
