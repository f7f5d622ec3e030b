/**
 * Counts for a few names that turn up as they please, such as close codes.
 */

export class Tally {
  readonly #counts: Map<string, number> = new Map();

  count(name: string, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(other: Tally): void {
    for (const [name, times] of other.#counts) this.count(name, times);
  }

  /** Names and counts; the same order whichever name came first. */
  entries(): readonly (readonly [name: string, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
