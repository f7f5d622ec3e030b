/** How long a run takes, roughly: for the progress alone. */

import type { Plan } from "./result.ts";
import { SETTINGS, WINDOW_BITS } from "./settings.ts";

/** What each kind of step takes (ms). */
export interface Work {
  /** A setting on one connection, in one round. */
  readonly pass: number;
  /** A setting on many connections in turn, in one round. */
  readonly roundRobin: number;
  /** A server process. */
  readonly server: number;
}

export function workOf({ leastTime, connections, exchange }: Plan): Work {
  return {
    pass: (leastTime * 2) / 1_000,
    roundRobin: (leastTime * 4) / 1_000 + connections / 5,
    server: 1_000 + connections * (1 + exchange / 8),
  };
}

/** All of a run (ms). */
export function totalWork(plan: Plan): number {
  const { pass, roundRobin, server } = workOf(plan);
  const cells = WINDOW_BITS.length * plan.levels.length + 1;
  return plan.rounds * (cells * pass + (SETTINGS.length - 1) * roundRobin) + SETTINGS.length * server;
}
