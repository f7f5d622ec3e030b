/**
 * Exponential backoff with full jitter: a random part of a delay that grows with every failure.
 *
 * Clients that lost their server at the same moment come back spread over the whole delay, every time.
 */

export interface BackoffSettings {
  /** Milliseconds that the first delay is at most. */
  readonly initial: number;
  /** By what the next one is longer. */
  readonly factor: number;
  /** Milliseconds that any delay is at most. */
  readonly max: number;
}

/**
 * The delay before the next attempt in milliseconds.
 *
 * @param failures attempts in a row that came to nothing
 * @param random from 0 up to, not including, 1
 */
export function backoffDelay({ initial, factor, max }: BackoffSettings, failures: number, random: number): number {
  return random * Math.min(max, initial * factor ** Math.max(0, failures - 1));
}
