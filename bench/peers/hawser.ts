/** Hawser with the hooks form of the handler, the one that costs least. */
import { serveHooks } from "./hawser-server.ts";
import { runServer } from "./server-process.ts";

await runServer((settings, tally) => serveHooks(settings, tally));
