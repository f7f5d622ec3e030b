/**
 * A server that stops by signals, as a program of its own. Its argument is JSON: options for `shutdownOn`, and whether the
 * handlers never return. Prints where it listens.
 */

import { serve, shutdownOn } from "hawser";

const { isStuck = false, closeTimeout = 2_000, ...options } = JSON.parse(process.argv[2] ?? "{}");

async function echo(ws) {
  for await (const message of ws) await ws.send(message);
  if (isStuck) await new Promise(() => {});
}

const server = await serve(echo, { host: "127.0.0.1", closeTimeout, transport: process.env.HAWSER_TEST_TRANSPORT });
shutdownOn(server, options);
process.stdout.write(`port ${server.port}\n`);
await server.waitClosed();
process.stdout.write("closed\n");
