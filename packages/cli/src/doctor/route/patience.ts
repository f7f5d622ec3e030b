/** How long a far end may keep the doctor waiting, and what it is called if it does. */

/** What the far end did, or left undone, so that a check could not go on: a finding, no bug. */
export class RouteFault extends Error {
  override readonly name = "RouteFault";
}

/** Milliseconds: for whatever a check does by one connection, messages of a megabyte on a slow line among it. */
export const PATIENCE = 15_000;

/** Settles as `promise` does; rejects with a {@link RouteFault} after {@link PATIENCE}, or with the signal's reason. */
export function answerWithin<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
  patience: number = PATIENCE,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    const late = () => reject(new RouteFault(`the far end is silent for ${patience / 1_000} s`));
    const timer = setTimeout(late, patience);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    });
  });
}
