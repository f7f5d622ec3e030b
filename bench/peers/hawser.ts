/** Hawser as an echo server: the hooks form of the handler, default settings apart from compression. */
import { serve } from "hawser";
import { runPeer } from "./peer-process.ts";

await runPeer(async ({ compression }) => {
  const server = await serve(
    {
      message(ws, data) {
        ws.sendNow(data);
      },
    },
    { host: "127.0.0.1", port: 0, compression: compression ? "deflate" : false },
  );
  return server.port;
});
