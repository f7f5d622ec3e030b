/**
 * Imported for its effect: `toEqual` compares bytes at once. Its own way, one by one, takes a hundred times as long.
 */

import { expect } from "vitest";

expect.addEqualityTesters([
  function areEqualBytes(a: unknown, b: unknown): boolean | undefined {
    if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return undefined;
    return Object.getPrototypeOf(a) === Object.getPrototypeOf(b) && Buffer.compare(a, b) === 0;
  },
]);
