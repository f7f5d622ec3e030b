/**
 * Topics of which something was published in this process that their history does not have, because the engine was away: whoever
 * recovers from before that must be told. Bounded.
 */

import type { Position } from "../pubsub/publication.ts";

/** Beyond so many, every topic counts as marked. */
const MAX_MARKS = 10_000;

export class GapMarks {
  /** Up to where a topic has a gap; `undefined` until somebody asks, who knows how far the history reaches then. */
  #marks: Map<string, Position | undefined> = new Map();
  /** Whether those that are not in the list are marked too. */
  #areOthersMarked = false;

  /** Something of `topic` is missing in its history, which nobody knows the position of. */
  mark(topic: string): void {
    this.#marks.set(topic, undefined);
    if (this.#marks.size <= MAX_MARKS) return;
    this.#areOthersMarked = true;
    this.#marks = new Map();
  }

  /** Whether something after `since` may be missing. `latest`: how far the history reaches now. */
  isBroken(topic: string, since: Position, latest: Position): boolean {
    if (!this.#marks.has(topic) && !this.#areOthersMarked) return false;
    const mark = this.#marks.get(topic);
    if (mark !== undefined) return mark.epoch === since.epoch && since.offset <= mark.offset;
    this.mark(topic);
    this.#marks.set(topic, { epoch: latest.epoch, offset: latest.offset });
    return true;
  }
}
