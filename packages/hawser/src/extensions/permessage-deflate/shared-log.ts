/**
 * What one audience was sent, compressed with one setting: the plaintext that the windows of its receivers have in common.
 *
 * A receiver that has got every message since it joined follows the log: its window is what it had of its own, and then the
 * log's bytes since, of which it keeps no copy. A frame that is compressed against the log's last bytes is right for all
 * followers that have at least so many of them; so one serves many. To send it to a follower is to move a number.
 *
 * One that misses a message stays where it was and leaves before its bytes are overwritten. A log without followers holds no
 * memory. This file knows nothing of messages and when they are compressed.
 */

import type { DeflateEngine, Deflater, DeflaterOptions } from "../../deflate/engine.ts";
import { PlaintextRing } from "./plaintext-ring.ts";

/** Who follows a log, in one log at a time. The fields are the log's own notes. */
export interface LogFollower {
  /** Where it stands among the followers. */
  place: number;
  /** Where in the log its part begins. */
  since: number;
  /** Where in the log its part ends: before the log's end, if it missed something. */
  upTo: number;
  /** Takes its part of the log into a window of its own, and is removed. */
  leave(): void;
}

export class SharedLog {
  /** Bytes of the followers' windows. */
  readonly windowSize: number;
  readonly #engine: DeflateEngine;
  readonly #options: DeflaterOptions;
  /** Has the last of the plaintext for its window, except for a message that is being sent. */
  #deflater: Deflater | undefined;
  readonly #ring: PlaintextRing;
  readonly #followers: LogFollower[] = [];
  /** Every follower's part ends here or later. */
  #sweptAt = 0;
  #isHeld = false;

  /** @param options how what is sent is deflated */
  constructor(engine: DeflateEngine, options: DeflaterOptions) {
    this.windowSize = 1 << options.windowBits;
    this.#engine = engine;
    this.#options = options;
    // So that one window's worth is still there for those who missed the other
    this.#ring = new PlaintextRing(2 * this.windowSize);
  }

  /** Whether it has begun, or there is memory for it. */
  get isPossible(): boolean {
    return this.end > 0 || this.#engine.admits?.(2 * this.windowSize) !== false;
  }

  /** Where the plaintext ends. */
  get end(): number {
    return this.#ring.end;
  }

  /** Bytes of memory taken, for all followers together. */
  get heldBytes(): number {
    return this.#ring.heldBytes + (this.#deflater?.heldBytes ?? 0);
  }

  /** Compresses against the last `reach` bytes of what is settled, which is something. */
  deflate(payload: Uint8Array, reach: number): Uint8Array {
    return this.#deflater!.deflate(payload, reach);
  }

  /** Whether a follower's window is the one that is compressed against. */
  isWindowOf({ since, upTo }: LogFollower): boolean {
    return !this.#isHeld && upTo === this.end && upTo - since >= this.windowSize;
  }

  /**
   * Adds plaintext that followers are about to be sent, the last of it if it is more than a window. What is compressed until
   * {@link settle} does not refer to it.
   */
  append(plaintext: Uint8Array): void {
    const kept = plaintext.subarray(Math.max(0, plaintext.length - this.windowSize));
    if (this.end + kept.length - this.#sweptAt > this.windowSize) this.#sweep();
    const before = this.#ring.heldBytes;
    this.#ring.append(kept);
    this.#tellHeld(before);
  }

  /** What was appended last has been sent to all who get it. */
  settle(plaintext: Uint8Array): void {
    this.#deflater ??= this.#engine.createDeflater(this.#options);
    this.#deflater.append(plaintext);
  }

  /** Keeps the plaintext though nobody follows, or no longer: a message is being sent. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#releaseIfUnused();
  }

  /** A follower whose part begins at `since`. */
  add(follower: LogFollower, since: number): void {
    follower.place = this.#followers.length;
    follower.since = since;
    this.#followers.push(follower);
  }

  /** The last follower takes the place that becomes free. */
  remove(follower: LogFollower): void {
    const last = this.#followers.pop()!;
    if (last !== follower) {
      last.place = follower.place;
      this.#followers[follower.place] = last;
    }
    this.#releaseIfUnused();
  }

  /** Hands over a follower's part, as far as it is in its window. */
  copyTo(target: { append(bytes: Uint8Array): void }, { since, upTo }: LogFollower): void {
    this.#ring.copyTo(target, Math.max(since, upTo - this.windowSize), upTo);
  }

  /** Those who missed something leave. Those who do not are not a window behind before the next time. */
  #sweep(): void {
    // From the end: the last takes the place of one who leaves
    for (let place = this.#followers.length - 1; place >= 0; place--) {
      const follower = this.#followers[place]!;
      if (follower.upTo < this.end) follower.leave();
    }
    this.#sweptAt = this.end;
  }

  #releaseIfUnused(): void {
    if (this.#isHeld || this.#followers.length > 0 || this.end === 0) return;
    this.#deflater!.reset();
    this.#deflater = undefined;
    const before = this.#ring.heldBytes;
    this.#ring.reset();
    this.#tellHeld(before);
    this.#sweptAt = 0;
  }

  #tellHeld(before: number): void {
    const { heldBytes } = this.#ring;
    if (heldBytes !== before) this.#engine.holdShared?.(heldBytes - before);
  }
}
