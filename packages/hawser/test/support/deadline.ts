/**
 * Waiting with an end: what does not happen in time is an error that says what was waited for.
 */

/** Milliseconds: far more than anything on the loopback interface takes, far less than a test may. */
const DEADLINE = 8_000;

export async function within<Result>(
  what: string,
  promise: Promise<Result>,
  deadline: number = DEADLINE,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${deadline} ms`)), deadline);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
