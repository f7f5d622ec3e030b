/** The WebSocket of undici, the one that newer versions of Node have built in. It always offers compression. */
import { once } from "node:events";
import { createRequire } from "node:module";
import { runClient } from "./client-process.ts";
import { modulePath } from "./server-process.ts";

/** What is used of a browser's WebSocket. */
interface WebSocketLike extends EventTarget {
  binaryType: "blob" | "arraybuffer";
  onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null;
  send(message: ArrayBuffer): void;
}

await runClient(async ({ url, isEcho, module, received }) => {
  const { WebSocket } = createRequire(import.meta.url)(modulePath(module)) as {
    WebSocket: new (url: string) => WebSocketLike;
  };
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.onmessage = isEcho ? ({ data }) => socket.send(data) : ({ data }) => received(data.byteLength);
  await once(socket, "open");
});
