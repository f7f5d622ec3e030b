/**
 * The connections of a server that are open, as a set that is always up to date.
 */

import type { Connection } from "./connection.ts";

/** What there is of a server's connections, those that are not open any more among them. */
interface AllConnections<One> {
  has(connection: One): boolean;
  toArray(): One[];
}

/** For who goes over thousands of them, and looks at each anyway. */
export const ALL: unique symbol = Symbol("all");

/**
 * Reads like a `ReadonlySet`, and is the same object for as long as the server lives: what is in it changes. An iteration
 * goes over those that are open when it begins.
 */
export class OpenConnections<One extends Connection> implements Iterable<One> {
  readonly #all: AllConnections<One>;

  /** @internal */
  constructor(all: AllConnections<One>) {
    this.#all = all;
  }

  /** @internal Those that are not open any more among them. */
  [ALL](): readonly One[] {
    return this.#all.toArray();
  }

  /** How many there are. Counts them. */
  get size(): number {
    return this.#all.toArray().filter(isOpen).length;
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
    return this.#all.toArray().filter(isOpen).values();
  }

  [Symbol.iterator](): IterableIterator<One> {
    return this.values();
  }
}

function isOpen({ state }: Connection): boolean {
  return state === "open";
}
