/**
 * Starts the demo from the command line: `PORT` and `HOST` from the environment, lines on the console, signals.
 */

import { type Server, shutdownOn } from "hawser";
import { createDemo } from "./create-demo.ts";
import { plainLogger } from "./logger.ts";

const DEFAULT_PORT = 8080;
const DEFAULT_HOST = "127.0.0.1";

const host = process.env["HOST"] || DEFAULT_HOST;
const port = Number(process.env["PORT"] || DEFAULT_PORT);

if (Number.isInteger(port) && port >= 0 && port <= 65_535) await run();
else fail(`PORT must be a number from 0 to 65535, got ${JSON.stringify(process.env["PORT"])}`);

async function run(): Promise<void> {
  const server = await start();
  if (server === undefined) return;
  shutdownOn(server);
  console.log(describe(server));
  await server.waitClosed();
  console.log("Hawser demo: stopped");
}

async function start(): Promise<Server | undefined> {
  try {
    return await createDemo({ port, host, logger: plainLogger((line) => console.log(line)) });
  } catch (error) {
    fail(explain(error));
    return undefined;
  }
}

function describe(server: Server): string {
  const authority = `${reachableHost()}:${server.port}`;
  return [
    `Hawser demo: http://${authority}/`,
    `  ws://${authority}/echo                        every message comes back`,
    `  ws://${authority}/chat?room=harbour&name=Ada  a room with others`,
    `  ws://${authority}/ticker                      a live feed, five readings a second`,
    `  http://${authority}/healthz                   200 while it takes connections`,
    "Ctrl-C stops it gracefully",
  ].join("\n");
}

/** As it stands in a URL; who listens on all addresses is reached by any. */
function reachableHost(): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** What went wrong in the user's words, with the remedy where there is one. */
function explain(error: unknown): string {
  switch (systemErrorCode(error)) {
    case "EADDRINUSE":
      return `port ${port} is taken by another program. Stop that one, or choose another port: PORT=${(port % 65_535) + 1} npm start`;
    case "EACCES":
      return `port ${port} is not allowed for this user. Choose one above 1023: PORT=${DEFAULT_PORT} npm start`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine. Choose another: HOST=${DEFAULT_HOST} npm start`;
    default:
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function systemErrorCode(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("syscall" in at && "code" in at) return at.code;
  }
  return undefined;
}

function fail(message: string): void {
  console.error(`Hawser demo: ${message}`);
  process.exitCode = 1;
}
