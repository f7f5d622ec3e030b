/**
 * The settings of a supervisor, from what `hawser run` was told: numbers alone, where `off` is a limit that is never reached.
 */

import { workerBounds } from "./run-grammars.ts";
import type { RunSettings } from "./run-options.ts";

/**
 * All that the supervisor itself goes by.
 *
 * @param processors what `auto` stands for
 */
export function supervisorSettings(settings: RunSettings, processors: number) {
  const { workers, memoryLimit, maxConnectionAge, crashLimit } = settings;
  const { balance, stall, readyTimeout, notReady, drainWindow, stopCode, restartCode } = settings;
  const { grace, minUptime, backoff, log } = settings;
  return {
    workers: workerBounds(workers, processors),
    balance,
    memoryLimit: memoryLimit ?? Number.POSITIVE_INFINITY,
    stall,
    readyTimeout,
    notReady,
    drainWindow,
    stopCode,
    restartCode,
    grace,
    maxConnectionAge: maxConnectionAge ?? Number.POSITIVE_INFINITY,
    crashLimit: crashLimit === 0 ? Number.POSITIVE_INFINITY : crashLimit,
    minUptime,
    backoff,
    log,
  };
}
