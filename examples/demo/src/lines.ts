/** What the demo says on the console: where it is, and what to do when it can't begin. */

import type { Settings } from "./settings.ts";

export function describe({ host, workers, redisUrl }: Settings, port: number): string {
  const authority = `${reachableHost(host)}:${port}`;
  const processes = workers > 1 ? [`  ${workers} processes, which share the rooms of the chat`] : [];
  const redis = redisUrl === undefined ? [] : ["  and all that use the same Redis do"];
  return [
    `Hawser demo: http://${authority}/`,
    `  ws://${authority}/echo                        every message comes back`,
    `  ws://${authority}/chat?room=harbour&name=Ada  a room with others`,
    `  ws://${authority}/ticker                      a live feed, five readings a second`,
    `  http://${authority}/healthz                   200 while it takes connections`,
    ...processes,
    ...redis,
    "Ctrl-C stops it gracefully",
  ].join("\n");
}

/** As it stands in a URL; who listens on all addresses is reached by any. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** What went wrong in the user's words, with the remedy where there is one. */
export function explain(error: unknown, { host, port }: Settings): string {
  switch (systemErrorCode(error)) {
    case "EADDRINUSE":
      return `port ${port} is taken by another program. Stop that one, or choose another port: PORT=${(port % 65_535) + 1} npm start`;
    case "EACCES":
      return `port ${port} is not allowed for this user. Choose one above 1023: PORT=8080 npm start`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine. Choose another: HOST=127.0.0.1 npm start`;
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
