/**
 * The topics there are and how many connections each has, as a map that cannot be changed.
 */

import type { Topic } from "./topic.ts";

export class TopicCounts implements ReadonlyMap<string, number> {
  readonly #topics: ReadonlyMap<string, Topic>;

  constructor(topics: ReadonlyMap<string, Topic>) {
    this.#topics = topics;
  }

  get size(): number {
    return this.#topics.size;
  }

  has(topic: string): boolean {
    return this.#topics.has(topic);
  }

  get(topic: string): number | undefined {
    return this.#topics.get(topic)?.connections.size;
  }

  keys(): MapIterator<string> {
    return this.#topics.keys();
  }

  *values(): MapIterator<number> {
    for (const topic of this.#topics.values()) yield topic.connections.size;
  }

  *entries(): MapIterator<[string, number]> {
    for (const topic of this.#topics.values()) yield [topic.name, topic.connections.size];
  }

  [Symbol.iterator](): MapIterator<[string, number]> {
    return this.entries();
  }

  forEach(
    callback: (count: number, topic: string, counts: ReadonlyMap<string, number>) => void,
    thisArg?: unknown,
  ): void {
    for (const [topic, count] of this) callback.call(thisArg, count, topic, this);
  }
}
