/** Looks at the workers' signs of life again and again. */

import type { Clock } from "./clock.ts";
import { type Heard, Watchdog } from "./watchdog.ts";

/** The most that may pass between two looks (ms). */
const MAX_INTERVAL = 1_000;

/**
 * Calls `stalled` with each of `watched()` that is not heard for more than `limit` milliseconds.
 *
 * @returns ends it
 */
export function watchStalls<One extends Heard>(
  limit: number,
  clock: Clock,
  watched: () => readonly One[],
  stalled: (one: One) => void,
): () => void {
  const interval = Math.min(MAX_INTERVAL, limit / 4);
  const watchdog = new Watchdog(limit, interval);
  let hasEnded = false;
  const look = () => {
    if (hasEnded) return;
    for (const one of watchdog.look(watched(), clock.now())) stalled(one);
    // What a pause of our own has kept waiting is read before anybody is judged
    clock.schedule(() => clock.afterInput(look), interval);
  };
  look();
  return () => {
    hasEnded = true;
  };
}
