/** A Redis of its own for a test, which keeps nothing on disk. */

import { type Engine, startEngine } from "./engine.ts";

export function startRedis(): Promise<Engine> {
  return startEngine({
    path: "/usr/bin/redis-server",
    scheme: "redis",
    args: (port, folder) => [
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no", "--daemonize", "no"],
    ],
    greeting: "PING\r\n",
    ready: /^\+PONG/,
  });
}
