/** `ws` with bufferutil, as installed for the comparison. */
import { runServer } from "./server-process.ts";
import { loadWs } from "./ws-module.ts";
import { serveWs } from "./ws-server.ts";

await runServer((settings, tally) => serveWs(loadWs(settings.module).WebSocketServer, settings, tally));
