/**
 * The history of one topic in memory: the latest publications, bounded by count and age.
 */

import type { HistoryLimits, HistoryPage, HistoryRequest } from "./backplane.ts";
import { type Position, type Publication, type StoredPublication, stored } from "./publication.ts";

interface Entry {
  readonly publication: StoredPublication;
  readonly time: number;
}

/** What was forgotten is moved out of the list once there is as much of it. */
const COMPACT_FROM = 32;

export class HistoryLog {
  readonly epoch: string;
  #offset = 0;
  /** Those before `#first` are forgotten. */
  #entries: (Entry | undefined)[] = [];
  #first = 0;
  /** When somebody asked for it or published last. */
  #lastUse: number;
  #maxAge: number;

  constructor(epoch: string, { maxAge }: HistoryLimits, now: number) {
    this.epoch = epoch;
    this.#maxAge = maxAge;
    this.#lastUse = now;
  }

  /** How many publications are kept. */
  get size(): number {
    return this.#entries.length - this.#first;
  }

  append(publication: Publication, { maxCount, maxAge }: HistoryLimits, now: number): Position {
    this.#offset++;
    const position = { epoch: this.epoch, offset: this.#offset };
    const entry = { publication: stored(publication, position), time: now };
    this.#entries.push(entry);
    this.#maxAge = maxAge;
    this.#use(now);
    while (this.size > maxCount) this.#forgetFirst();
    return position;
  }

  page({ maxAge }: HistoryLimits, request: HistoryRequest, now: number): HistoryPage {
    this.#maxAge = maxAge;
    this.#use(now);
    const { epoch } = this;
    const offset = this.#offset;
    if ("last" in request) {
      return { epoch, offset, publications: this.#after(offset - Math.min(request.last, this.size)), isComplete: true };
    }
    const isComplete = this.#reaches(request.since);
    return { epoch, offset, publications: isComplete ? this.#after(request.since.offset) : [], isComplete };
  }

  /** Whether nothing is left of it that anybody could miss. */
  isOver(now: number): boolean {
    this.#forgetOld(now);
    return this.size === 0 && now - this.#lastUse >= this.#maxAge;
  }

  #reaches({ epoch, offset }: Position): boolean {
    return epoch === this.epoch && offset <= this.#offset && offset >= this.#offset - this.size;
  }

  #after(offset: number): readonly StoredPublication[] {
    const start = this.#entries.length - (this.#offset - offset);
    return this.#entries.slice(start).map((entry) => entry!.publication);
  }

  #use(now: number): void {
    this.#lastUse = now;
    this.#forgetOld(now);
  }

  #forgetOld(now: number): void {
    while (this.size > 0 && now - this.#entries[this.#first]!.time >= this.#maxAge) this.#forgetFirst();
  }

  #forgetFirst(): void {
    this.#entries[this.#first] = undefined;
    this.#first++;
    if (this.#first < COMPACT_FROM || this.#first < this.size) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}
