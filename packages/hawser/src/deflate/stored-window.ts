/**
 * The sliding window of one direction of a connection, in a store's memory: the last bytes of its plaintext (RFC 1951,
 * section 2). Takes memory as it fills. It knows nothing of DEFLATE.
 */

import type { PlaceOwner, Shelf, WindowStore } from "./window-store.ts";

export class StoredWindow implements PlaceOwner {
  /** The store's to set. */
  place = 0;
  readonly #store: WindowStore;
  readonly #size: number;
  #shelf: Shelf | undefined;
  #length = 0;
  /** Where the oldest byte is. The first, until the window is full. */
  #oldest = 0;
  #position = 0;

  /** @param windowBits base-2 logarithm of the most bytes to keep, 8 to 15 */
  constructor(windowBits: number, store: WindowStore) {
    this.#size = 1 << windowBits;
    this.#store = store;
  }

  /** Bytes of plaintext. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of the stream so far: to tell whether two states are one message apart. */
  get position(): number {
    return this.#position;
  }

  /** Bytes of memory taken. */
  get heldBytes(): number {
    return this.#shelf?.size ?? 0;
  }

  /** Copies the plaintext to where its last byte is the one before `end`. */
  copyTo(target: Uint8Array, end: number): void {
    if (this.#shelf === undefined) return;
    const memory = this.#shelf.memoryOf(this.place);
    const offset = this.#shelf.offsetOf(this.place);
    const oldest = this.#oldest;
    target.set(memory.subarray(offset + oldest, offset + this.#length), end - this.#length);
    if (oldest > 0) target.set(memory.subarray(offset, offset + oldest), end - oldest);
  }

  /** Adds plaintext and forgets what falls out of the window. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#position += bytes.length;
    if (bytes.length >= this.#size) this.#replace(bytes.subarray(bytes.length - this.#size));
    else if (this.#length < this.#size) this.#extend(bytes);
    else this.#overwrite(bytes);
  }

  #replace(bytes: Uint8Array): void {
    const shelf = this.#makeRoom(bytes.length);
    shelf.memoryOf(this.place).set(bytes, shelf.offsetOf(this.place));
    this.#length = bytes.length;
    this.#oldest = 0;
  }

  /** The window is not full yet: the oldest byte is the first. */
  #extend(bytes: Uint8Array): void {
    const kept = Math.min(this.#length, this.#size - bytes.length);
    const shelf = this.#makeRoom(kept + bytes.length);
    const memory = shelf.memoryOf(this.place);
    const offset = shelf.offsetOf(this.place);
    if (kept < this.#length) memory.copyWithin(offset, offset + this.#length - kept, offset + this.#length);
    memory.set(bytes, offset + kept);
    this.#length = kept + bytes.length;
  }

  /** The window is full: the oldest bytes make way, wherever they are. Moving the rest would cost more than a small message. */
  #overwrite(bytes: Uint8Array): void {
    const memory = this.#shelf!.memoryOf(this.place);
    const offset = this.#shelf!.offsetOf(this.place);
    const space = this.#size - this.#oldest;
    if (bytes.length <= space) memory.set(bytes, offset + this.#oldest);
    else {
      memory.set(bytes.subarray(0, space), offset + this.#oldest);
      memory.set(bytes.subarray(space), offset);
    }
    this.#oldest = (this.#oldest + bytes.length) & (this.#size - 1);
  }

  /** Forgets the plaintext and gives the memory back. */
  reset(): void {
    this.#shelf?.release(this.place);
    this.#shelf = undefined;
    this.#length = 0;
    this.#oldest = 0;
    // Nothing of what follows is one message after what was
    this.#position += 2 ** 32;
  }

  /** Moves to a larger place if this one is too small: what is in it comes along. */
  #makeRoom(length: number): Shelf {
    const before = this.#shelf;
    if (before !== undefined && length <= before.size) return before;
    const place = this.place;
    const shelf = this.#store.shelfFor(length);
    shelf.take(this);
    this.#shelf = shelf;
    if (before !== undefined) {
      const offset = before.offsetOf(place);
      shelf
        .memoryOf(this.place)
        .set(before.memoryOf(place).subarray(offset, offset + this.#length), shelf.offsetOf(this.place));
      before.release(place);
    }
    return shelf;
  }
}
