/** Hawser with hooks on the experimental handle transport. */
import { serveHooks } from "./hawser-server.ts";
import { runServer } from "./server-process.ts";

await runServer((settings, tally) => serveHooks(settings, tally, { transport: "handle" }));
