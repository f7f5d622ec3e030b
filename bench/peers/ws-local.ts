/** The `ws` of the project's development dependencies, certainly without bufferutil. */
import { runServer } from "./server-process.ts";
import { serveWs } from "./ws-server.ts";

process.env["WS_NO_BUFFER_UTIL"] = "1";
const { WebSocketServer } = await import("ws");

await runServer((settings, tally) => serveWs(WebSocketServer, settings, tally));
