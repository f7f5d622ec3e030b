/**
 * A server over handles: in this process, or in two that share a port. Its argument is JSON: whether there are two, and options
 * for `serve`. Prints where it listens, and what it logs. It answers each message with its process's number.
 */

import cluster from "node:cluster";
import { serve } from "hawser";

const { isCluster = false, ...options } = JSON.parse(process.argv[2] ?? "{}");

if (isCluster && cluster.isPrimary) {
  for (let count = 0; count < 2; count++) cluster.fork();
  process.on("SIGTERM", () => cluster.disconnect(() => process.exit()));
} else {
  const lines = [];
  const log = ({ reason = "" }, message) => lines.push(` ${message} ${reason}\n`);
  const logger = { debug() {}, info: log, warn: log, error: log };
  const handler = { message: (ws) => void ws.sendNow(String(process.pid)) };
  const server = await serve(handler, { transport: "handle", logger, ...options });
  process.stdout.write(`port ${server.port}${lines.join("")}`);
}
