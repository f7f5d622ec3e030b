/** A clock that all threads of the process read alike: monotonic, in ms, with fractions. */

/** `performance.now()` begins anew in each thread. */
const ORIGIN = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export function now(): number {
  return ORIGIN + performance.now();
}
