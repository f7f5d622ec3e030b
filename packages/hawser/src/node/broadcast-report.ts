/**
 * How long broadcasts keep the event loop: counted for the process, since one may go to connections of several servers.
 */

import { BUSY_TIMES, Histogram } from "../metrics/histogram.ts";
import { type DeliveryCounts, diagnostics } from "./diagnostics.ts";

/** In seconds. */
export const broadcastDurations: Histogram = new Histogram(BUSY_TIMES);

/** A message of so many bytes was sent to many, from the time `since` until now. */
export function reportBroadcast(bytes: number, result: DeliveryCounts, since: number): void {
  const duration = performance.now() - since;
  broadcastDurations.observe(duration / 1000);
  if (diagnostics.broadcast.hasSubscribers) diagnostics.broadcast.publish({ ...result, bytes, duration });
}
