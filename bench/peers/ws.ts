/** The `ws` package as an echo server, with its default settings apart from compression, which is off by default there. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { runPeer } from "./peer-process.ts";

await runPeer(async ({ compression }) => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: compression });
  server.on("connection", (socket) => {
    // Text reaches the application as a string on either side of the comparison.
    socket.on("message", (message, isBinary) => socket.send(isBinary ? message : message.toString()));
    socket.on("error", () => socket.terminate());
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
});
