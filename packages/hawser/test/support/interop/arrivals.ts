/**
 * Things that arrive, kept until they are asked for, and the news that no more will.
 */

interface Waiting<Thing> {
  resolve(thing: Thing): void;
  reject(error: Error): void;
}

export class Arrivals<Thing> {
  readonly #kept: Thing[] = [];
  readonly #waiting: Waiting<Thing>[] = [];
  #end: Error | undefined;

  push(thing: Thing): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#kept.push(thing);
    else waiting.resolve(thing);
  }

  /** Nothing more arrives: who waits hears why. */
  end(why: Error): void {
    this.#end = why;
    for (const { reject } of this.#waiting.splice(0)) reject(why);
  }

  async next(): Promise<Thing> {
    if (this.#kept.length > 0) return this.#kept.shift()!;
    if (this.#end !== undefined) throw this.#end;
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
