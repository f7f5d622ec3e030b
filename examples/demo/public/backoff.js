/**
 * How long to wait before the next attempt. Pure: the chance comes in.
 */

const FIRST = 500;
const LONGEST = 10_000;

/**
 * Exponential backoff with full jitter: any time from 0 up to a ceiling that doubles with each attempt. All of the
 * jitter, not a part of it, because a thousand pages that lost their server together must not come back together.
 *
 * @param {number} attempt 0 for the first one after a connection was lost
 * @param {() => number} random from 0 up to 1
 * @returns {number} milliseconds
 */
export function retryDelay(attempt, random = Math.random) {
  return random() * Math.min(LONGEST, FIRST * 2 ** attempt);
}
