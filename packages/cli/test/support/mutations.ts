/** Mistakes put into generated text on purpose: a check that lets one pass is no check. */

import { expect } from "vitest";

export interface Mutation {
  /** What is broken, for the test's name. */
  readonly mistake: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** The text with the mistake in it. A mutation that no longer finds its place fails the test. */
export function mutated(text: string, { mistake, from, to }: Mutation): string {
  const changed = text.replace(from, to);
  expect(changed, `nothing to break for: ${mistake}`).not.toBe(text);
  return changed;
}

/**
 * Holds that a check passes a text and finds every mistake in it.
 *
 * @param check what is wrong with a text, in lines; none if all is well
 */
export async function expectMutationsFound(
  text: string,
  mutations: readonly Mutation[],
  check: (text: string) => readonly string[] | Promise<readonly string[]>,
): Promise<void> {
  expect(await check(text)).toEqual([]);
  for (const mutation of mutations) {
    expect(await check(mutated(text, mutation)), mutation.mistake).not.toEqual([]);
  }
}
