/**
 * Who is present, in memory: members of whom nothing is heard for their time are gone.
 */

import type { BackplanePresence, PresenceRecord } from "./backplane.ts";

interface Present {
  readonly record: PresenceRecord;
  /** When it is gone unless it is kept again. */
  readonly until: number;
}

export class MemoryPresence implements BackplanePresence {
  readonly #now: () => number;
  readonly #topics: Map<string, Map<string, Present>> = new Map();
  /** When all topics are looked through next: those that nobody asks for must not keep the dead. */
  #nextSweep = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  keep(topic: string, members: readonly PresenceRecord[], ttl: number): void {
    const now = this.#now();
    this.#sweep(now, ttl);
    if (members.length === 0) return;
    let present = this.#topics.get(topic);
    if (present === undefined) {
      present = new Map();
      this.#topics.set(topic, present);
    }
    for (const record of members) present.set(record.id, { record, until: now + ttl });
  }

  remove(topic: string, ids: readonly string[]): void {
    const present = this.#topics.get(topic);
    for (const id of ids) present?.delete(id);
    if (present?.size === 0) this.#topics.delete(topic);
  }

  list(topic: string): readonly PresenceRecord[] {
    this.#forgetGone(topic, this.#now());
    return Array.from(this.#topics.get(topic)?.values() ?? [], ({ record }) => record);
  }

  count(topic: string): number {
    this.#forgetGone(topic, this.#now());
    return this.#topics.get(topic)?.size ?? 0;
  }

  #sweep(now: number, ttl: number): void {
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + ttl;
    for (const topic of this.#topics.keys()) this.#forgetGone(topic, now);
  }

  #forgetGone(topic: string, now: number): void {
    const present = this.#topics.get(topic);
    if (present === undefined) return;
    for (const [id, { until }] of present) if (until <= now) present.delete(id);
    if (present.size === 0) this.#topics.delete(topic);
  }
}
