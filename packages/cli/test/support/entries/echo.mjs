/**
 * A server for tests of `hawser run`. Its argument is JSON: options of `serve()`. Messages that begin with "/" ask for something; others
 * come back.
 */

import { serve } from "hawser";

const options = JSON.parse(process.argv[2] ?? "{}");

const ANSWERS = {
  "/pid": () => String(process.pid),
  "/id": () => process.env.HAWSER_WORKER_ID,
  "/orders": () => String(process.env.HAWSER_WORKER),
  "/exit": () => process.exit(3),
  "/block": () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000),
  "/grow": () => {
    globalThis.ballast = Buffer.alloc(120 * 1_024 * 1_024, 1);
    return "grown";
  },
};

async function handler(ws) {
  for await (const message of ws) await ws.send(ANSWERS[message]?.() ?? message);
  if (options.isStuck) await new Promise(() => {});
}

const { isStuck, ...serveOptions } = options;
await serve(handler, { host: serveOptions.path || serveOptions.fd ? undefined : "127.0.0.1", ...serveOptions });
console.log(`worker ${process.env.HAWSER_WORKER_ID} serves`);
