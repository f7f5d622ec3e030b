/** Hawser with hooks, whose broadcasts are publications to a topic that all subscribe to. */
import { serveHooks } from "./hawser-server.ts";
import { runServer } from "./server-process.ts";

await runServer((settings, tally) => serveHooks(settings, tally, { publishes: true }));
