/**
 * When a place that lost its worker gets another, and when it is given up. Knows no process and no time.
 */

export interface BackoffSettings {
  /** Milliseconds: the most that the first delay may be. */
  readonly least: number;
  /** Milliseconds: the most that any delay may be. */
  readonly most: number;
}

/**
 * Milliseconds until the next start, after so many early exits in a row: a random part of a limit that doubles ("full jitter"), so
 * that workers which fail together do not start together. A worker that has lived is replaced at once.
 */
export function restartDelay(earlyExits: number, { least, most }: BackoffSettings, random: () => number): number {
  if (earlyExits === 0) return 0;
  return random() * Math.min(most, least * 2 ** Math.min(earlyExits - 1, 30));
}
