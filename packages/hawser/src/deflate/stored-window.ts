/**
 * The sliding window of one direction of a connection, in a store's memory: the last bytes of its plaintext (RFC 1951,
 * section 2). Takes memory as it fills. It knows nothing of DEFLATE, nor what becomes of a window that nobody uses.
 */

import type { PlaceOwner, Shelf } from "./window-store.ts";

/** Where a window's memory comes from. */
export interface WindowMemory<Owner> {
  /** A shelf for `length` bytes of the window; `undefined`: there is no memory for them, and the window can do without. */
  shelfFor(length: number, window: StoredWindow<Owner>): Shelf | undefined;
}

let windows = 0;

export class StoredWindow<Owner = unknown> implements PlaceOwner {
  /** Tells the windows of a thread apart. */
  readonly id: number = ++windows;
  /** Whose it is. */
  readonly owner: Owner;
  /** The store's to set. */
  place = 0;
  /** When it was last used, as the memory's keeper counts. */
  usedAt = 0;
  /** The keeper has found that there is nothing to do about it until it is used again. */
  isSettled = false;
  readonly #memory: WindowMemory<Owner>;
  readonly #size: number;
  #shelf: Shelf | undefined;
  #length = 0;
  /** Where the oldest byte is. The first, until the window is full. */
  #oldest = 0;
  #position = 0;

  /** @param windowBits base-2 logarithm of the most bytes to keep, 8 to 15 */
  constructor(owner: Owner, windowBits: number, memory: WindowMemory<Owner>) {
    this.owner = owner;
    this.#size = 1 << windowBits;
    this.#memory = memory;
  }

  /** Bytes of plaintext. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of the stream so far, modulo 2 ** 32: to tell whether two states are one message apart. */
  get position(): number {
    return this.#position;
  }

  /** Bytes of memory taken. */
  get heldBytes(): number {
    return this.#shelf?.size ?? 0;
  }

  /** Copies the plaintext, or the bytes `from` to `to` of it, to where its last byte is the one before `end`. */
  copyTo(target: Uint8Array, end: number, from = 0, to: number = this.#length): void {
    if (this.#shelf === undefined) return;
    const memory = this.#shelf.memoryOf(this.place);
    const oldest = this.#shelf.offsetOf(this.place) + this.#oldest;
    const start = end - this.#length;
    // So many bytes lie between the oldest and the end of the place; the others at its beginning
    const older = this.#length - this.#oldest;
    if (from < older) target.set(memory.subarray(oldest + from, oldest + Math.min(to, older)), start + from);
    if (to <= older) return;
    const newer = Math.max(from, older);
    target.set(memory.subarray(oldest + newer - this.#length, oldest + to - this.#length), start + newer);
  }

  /** The plaintext in memory of its own. */
  copy(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    this.copyTo(bytes, this.#length);
    return bytes;
  }

  /** Adds plaintext and forgets what falls out of the window. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#position = (this.#position + bytes.length) | 0;
    if (this.#length < this.#size) this.#extend(bytes);
    else if (bytes.length < this.#size) this.#overwrite(bytes);
    else this.#replace(bytes.subarray(bytes.length - this.#size));
  }

  /** The first plaintext of an empty window, on a shelf where there is room for it. */
  fill(bytes: Uint8Array, shelf: Shelf): void {
    this.#takePlace(shelf);
    shelf.memoryOf(this.place).set(bytes, shelf.offsetOf(this.place));
    this.#length = bytes.length;
    this.#position = bytes.length;
  }

  /** Forgets the plaintext and gives the memory back. */
  reset(): void {
    this.#shelf?.release(this.place);
    this.#shelf = undefined;
    this.#length = 0;
    this.#oldest = 0;
    // Nothing of what follows is one message after what was
    this.#position = (this.#position + 2 ** 30) | 0;
  }

  /** The window is full, and nothing of it stays. */
  #replace(bytes: Uint8Array): void {
    this.#shelf!.memoryOf(this.place).set(bytes, this.#shelf!.offsetOf(this.place));
    this.#oldest = 0;
  }

  /** The window is not full yet: the oldest byte is the first. */
  #extend(bytes: Uint8Array): void {
    const room = this.#makeRoom(Math.min(this.#length + bytes.length, this.#size));
    if (room === 0) return;
    const added = bytes.length > room ? bytes.subarray(bytes.length - room) : bytes;
    const kept = Math.min(this.#length, room - added.length);
    const memory = this.#shelf!.memoryOf(this.place);
    const offset = this.#shelf!.offsetOf(this.place);
    if (kept < this.#length) memory.copyWithin(offset, offset + this.#length - kept, offset + this.#length);
    memory.set(added, offset + kept);
    this.#length = kept + added.length;
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

  /** Room for so many bytes of plaintext, or for as many as there is memory for. */
  #makeRoom(length: number): number {
    if (this.#shelf === undefined || length > this.#shelf.size) {
      const shelf = this.#memory.shelfFor(length, this);
      if (shelf !== undefined) this.#moveTo(shelf);
    }
    return Math.min(this.heldBytes, this.#size);
  }

  /** Moves to a larger place: what is in it comes along. */
  #moveTo(shelf: Shelf): void {
    const before = this.#shelf;
    const { place } = this;
    this.#takePlace(shelf);
    if (before === undefined) return;
    shelf.memoryOf(this.place).set(before.bytesOf(place).subarray(0, this.#length), shelf.offsetOf(this.place));
    before.release(place);
  }

  #takePlace(shelf: Shelf): void {
    shelf.take(this);
    this.#shelf = shelf;
  }
}
