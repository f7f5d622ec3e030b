/** CPU time of this process: what other programs do to the machine is not in it, as it is in wall time. */

/** User and system time of all threads so far (µs). */
export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Collects garbage, so that what one setting left is not paid by the next. Needs `--expose-gc`; without, does nothing. */
export function collectGarbage(): void {
  globalThis.gc?.();
}
