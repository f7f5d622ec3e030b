/**
 * The connections of a server that are open, as a set that is always up to date.
 */

import type { Connection } from "./connection.ts";

/**
 * Reads like a `ReadonlySet`, and is the same object for as long as the server lives: what is in it changes. An iteration
 * goes over those that are open when it begins.
 */
export class OpenConnections<One extends Connection> implements Iterable<One> {
  readonly #all: Iterable<One> & { has(connection: One): boolean };

  /** @internal */
  constructor(all: Iterable<One> & { has(connection: One): boolean }) {
    this.#all = all;
  }

  /** How many there are. Counts them. */
  get size(): number {
    let count = 0;
    for (const connection of this.#all) if (isOpen(connection)) count++;
    return count;
  }

  has(connection: One): boolean {
    return this.#all.has(connection) && isOpen(connection);
  }

  forEach(callback: (connection: One, same: One, set: OpenConnections<One>) => void, thisArg?: unknown): void {
    for (const connection of this) callback.call(thisArg, connection, connection, this);
  }

  *entries(): IterableIterator<[One, One]> {
    for (const connection of this) yield [connection, connection];
  }

  keys(): IterableIterator<One> {
    return this.values();
  }

  values(): IterableIterator<One> {
    // Connections come and go while somebody awaits in the loop
    return [...this.#all].filter(isOpen).values();
  }

  [Symbol.iterator](): IterableIterator<One> {
    return this.values();
  }
}

function isOpen({ state }: Connection): boolean {
  return state === "open";
}
