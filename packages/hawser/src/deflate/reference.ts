/**
 * Texts that windows at rest are compressed against, shared by many of them.
 *
 * A reference is made of the newest plaintext of the windows that are frozen while there is none, and never changes. When it
 * serves badly, because the traffic is of another kind by now, the next one is made; the old one is kept as long as a window
 * needs it. A reference never leaves this process, and no message is compressed against it.
 */

import { joinAll } from "../bytes/copy.ts";
import type { CodecWindow } from "./codec.ts";
import { NOBODY } from "./hot-windows.ts";

/** Bytes of a reference. More would be out of reach from most of a text: a distance is 32 KiB at most. */
const REFERENCE_SIZE = 28_672;
/** Bytes that one text gives to a reference at most: so it has something of seven connections. */
const SAMPLE_SIZE = 4_096;

/** Texts after which a reference is judged, again and again. */
const ROUND = 64;
/** It serves badly when it makes texts larger by so much than it did in its first round. */
const BADLY = 1.25;
/** References at a time. Windows that need older ones must go before there is another. */
const MAX_REFERENCES = 4;

export class Reference implements CodecWindow {
  readonly id: typeof NOBODY = NOBODY;
  readonly position = 0;
  readonly #text: Uint8Array;
  /** Texts that are compressed against it. */
  users = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  copyTo(memory: Uint8Array, end: number, from = 0, to: number = this.#text.length): void {
    memory.set(this.#text.subarray(from, to), end - this.#text.length + from);
  }
}

/** What the texts of a round came to. */
interface Round {
  texts: number;
  plain: number;
  compressed: number;
}

export class References {
  readonly #size: number;
  readonly #kept: Set<Reference> = new Set();
  readonly #none = new Reference(new Uint8Array(0));
  #current = this.#none;
  /** What the next reference is made of; `undefined` while none is wanted. */
  #samples: Uint8Array[] | undefined;
  #sampled = 0;
  #round: Round = { texts: 0, plain: 0, compressed: 0 };
  /** The share of their size that texts had in the reference's first round. */
  #firstShare = 0;

  /** @param budget bytes of memory for everything: a reference takes a sixteenth of it at most */
  constructor(budget: number) {
    this.#size = Math.min(REFERENCE_SIZE, Math.floor(budget / 16));
    this.#samples = this.#size < SAMPLE_SIZE ? undefined : [];
  }

  /** What to compress the next text against. Empty at first. */
  get current(): Reference {
    return this.#current;
  }

  /** Bytes of all references that are kept. */
  get heldBytes(): number {
    let sum = 0;
    for (const { length } of this.#kept) sum += length;
    return sum;
  }

  /** A text was compressed against `reference`, which is needed until it is let go of. */
  hold(reference: Reference): void {
    reference.users++;
  }

  letGo(reference: Reference): void {
    reference.users--;
    this.#discardUnused(reference);
  }

  /** Learns from a text that was compressed against the current reference to `compressed` bytes. */
  learn(text: Uint8Array, compressed: number): void {
    if (this.#samples !== undefined) this.#sample(text);
    else this.#judge(text.length, compressed);
  }

  #sample(text: Uint8Array): void {
    const room = Math.min(SAMPLE_SIZE, this.#size - this.#sampled);
    const sample = text.slice(Math.max(0, text.length - room));
    this.#samples!.push(sample);
    this.#sampled += sample.length;
    if (this.#sampled < this.#size) return;
    const before = this.#current;
    this.#current = new Reference(joinAll(this.#samples!, this.#sampled));
    this.#kept.add(this.#current);
    this.#discardUnused(before);
    this.#samples = undefined;
    this.#sampled = 0;
    this.#firstShare = 0;
    this.#beginRound();
  }

  #judge(plain: number, compressed: number): void {
    const round = this.#round;
    round.texts++;
    round.plain += plain;
    round.compressed += compressed;
    if (round.texts < ROUND || this.#current === this.#none) return;
    const share = round.compressed / round.plain;
    if (this.#firstShare === 0) this.#firstShare = share;
    else if (share > this.#firstShare * BADLY && this.#kept.size < MAX_REFERENCES) this.#samples = [];
    this.#beginRound();
  }

  #beginRound(): void {
    this.#round = { texts: 0, plain: 0, compressed: 0 };
  }

  #discardUnused(reference: Reference): void {
    if (reference.users === 0 && reference !== this.#current) this.#kept.delete(reference);
  }
}
