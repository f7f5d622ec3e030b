/**
 * A server for tests of `hawser run`. Its argument is JSON: options of `serve()`. Messages that begin with "/" ask for something; others
 * come back.
 */

import { serve } from "hawser";

const options = JSON.parse(process.argv[2] ?? "{}");

const ANSWERS = {
  "/pid": () => String(process.pid),
  "/id": () => process.env.HAWSER_WORKER_ID,
  "/environment": () => Object.keys(process.env).join(" "),
  "/exit": () => process.exit(3),
  "/leave": () => void server.close(),
  "/block": () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000),
  "/log": () => Promise.all([logged(process.stdout), logged(process.stderr)]).then(() => "logged"),
  "/grow": () => {
    globalThis.ballast = Buffer.alloc(120 * 1_024 * 1_024, 1);
    return "grown";
  },
};

/** More than a pipe holds; resolves when all of it has been taken. */
function logged(stream) {
  return new Promise((resolve) => stream.write(`${"x".repeat(1_000)}\n`.repeat(2_000), resolve));
}

async function handler(ws) {
  for await (const message of ws) await ws.send((await ANSWERS[message]?.()) ?? message);
  if (options.isStuck) await new Promise(() => {});
}

const { isStuck, ...serveOptions } = options;
const server = await serve(handler, {
  host: serveOptions.path || serveOptions.fd ? undefined : "127.0.0.1",
  ...serveOptions,
});
console.log(`worker ${process.env.HAWSER_WORKER_ID} serves`);
