/** The client of `ws` with bufferutil, default settings without compression. */
import { once } from "node:events";
import { runClient } from "./client-process.ts";
import { loadWs } from "./ws-module.ts";

await runClient(async ({ url, isEcho, module, received }) => {
  const { WebSocket } = loadWs(module);
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on("message", isEcho ? (message) => socket.send(message) : (message) => received((message as Buffer).length));
  await once(socket, "open");
});
