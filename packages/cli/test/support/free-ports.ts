/** Ports that follow each other, as workers of one app have them. */

import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that the kernel hands out to connections, so that none of these takes one meanwhile. */
const FIRST = 10_000;
const LAST = 30_000;

/** The first of `count` free ones. */
export async function freePorts(count = 6): Promise<number> {
  for (;;) {
    const first = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const all = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(all.map(isFree));
    if (free.every((one) => one)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, "listening").then(
    () => true,
    () => false,
  );
  server.listen(port);
  const isHeld = await listening;
  if (isHeld) await new Promise((resolve) => server.close(resolve));
  return isHeld;
}
