/**
 * What functions of the application's own return: nothing that matters, or a promise. A function that should return nothing
 * may be asynchronous all the same, and what it rejects with must not end the process.
 */

import { ignore } from "./ignore.ts";

/**
 * A promise that resolves when `result` has settled, after `failed` was told if it rejected; `undefined` if there is nothing
 * to wait for. `failed` must not throw.
 */
export function settled(result: unknown, failed: (error: unknown) => void): Promise<void> | undefined {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then !== "function") return undefined;
  return Promise.resolve(result).then(ignore, failed);
}
