/** Waiting by the clock of the threads. */

import { setTimeout as sleep } from "node:timers/promises";
import { now } from "./clock.ts";

/** Resolves at `time` (ms), or at once if that is over; up to a timer's slack late. */
export async function until(time: number): Promise<void> {
  const left = time - now();
  if (left > 0) await sleep(left);
}

/** How often something is looked at (ms). */
const LOOK = 5;

/** Resolves when `isDone` says so, at the latest at `time`; `false`: it was not done. */
export async function untilDone(isDone: () => boolean, time: number): Promise<boolean> {
  while (!isDone()) {
    if (now() >= time) return false;
    await sleep(LOOK);
  }
  return true;
}
