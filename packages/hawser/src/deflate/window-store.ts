/**
 * Memory for the sliding windows of all connections of a thread.
 *
 * Windows of one size lie side by side without a gap: when one goes, the last takes its place, and what is free at the end is
 * given back to the operating system. So the memory that is held is what the windows need, however many there have been.
 * A connection that fills its window moves from size to size, 512 bytes at a time at first.
 */

/** Up to 4 KiB every multiple of 512, from there on steps of an eighth to a quarter: more sizes would hardly save memory. */
const SIZES: readonly number[] = [0.5, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64].map(
  (pages) => pages * 512,
);

/** Address space for the windows of one size; where it does not suffice, there is another stretch. It is no memory yet. */
const SEGMENT_SIZE = 16_777_216;
/** Memory is taken and given back in steps of so many bytes, and of an eighth of what is in use if that is more. */
const STEP = 65_536;

/** What is needed of a buffer that can be resized in place: ECMAScript 2024. */
interface ResizableBuffer extends ArrayBuffer {
  resize(length: number): void;
}

const ResizableArrayBuffer = ArrayBuffer as unknown as {
  new (length: number, options: { readonly maxByteLength: number }): ResizableBuffer;
};

/** Whether the platform has the memory that a store needs. */
export function isStoreAvailable(): boolean {
  return "resize" in ArrayBuffer.prototype;
}

/** Who uses a place. It is told when its bytes moved. */
export interface PlaceOwner {
  place: number;
}

export class WindowStore {
  readonly #shelves: readonly Shelf[] = SIZES.map((size) => new Shelf(size));

  /** The shelf whose places are the smallest that have room for `length` bytes, at most 32 KiB. */
  shelfFor(length: number): Shelf {
    let index = 0;
    while (SIZES[index]! < length) index++;
    return this.#shelves[index]!;
  }

  /** Bytes of memory taken for windows, in use or not. */
  get heldBytes(): number {
    return this.#shelves.reduce((sum, shelf) => sum + shelf.heldBytes, 0);
  }
}

/** Places of one size. */
export class Shelf {
  /** Bytes of a place. */
  readonly size: number;
  readonly #perSegment: number;
  readonly #owners: PlaceOwner[] = [];
  readonly #segments: Segment[] = [];

  constructor(size: number) {
    this.size = size;
    this.#perSegment = Math.floor(SEGMENT_SIZE / size);
  }

  get heldBytes(): number {
    return this.#segments.reduce((sum, { memory }) => sum + memory.length, 0);
  }

  /** Gives the owner a place, and tells it which. */
  take(owner: PlaceOwner): void {
    const place = this.#owners.push(owner) - 1;
    owner.place = place;
    if (place % this.#perSegment === 0) this.#segments.push(new Segment());
    this.#segments.at(-1)!.fit(this.offsetOf(place) + this.size);
  }

  /** Gives a place back; the last one's owner moves into it. */
  release(place: number): void {
    const last = this.#owners.length - 1;
    const from = this.offsetOf(last);
    if (place !== last) {
      this.memoryOf(place).set(this.memoryOf(last).subarray(from, from + this.size), this.offsetOf(place));
      const moved = this.#owners[last]!;
      moved.place = place;
      this.#owners[place] = moved;
    }
    this.#owners.pop();
    if (from === 0) this.#segments.pop();
    else this.#segments.at(-1)!.fit(from);
  }

  /** The memory that a place is in, among others. */
  memoryOf(place: number): Uint8Array {
    return this.#segments[Math.floor(place / this.#perSegment)]!.memory;
  }

  /** Where in it the place begins. */
  offsetOf(place: number): number {
    return (place % this.#perSegment) * this.size;
  }
}

/** A stretch of address space, of which the beginning is memory. */
class Segment {
  readonly #buffer = new ResizableArrayBuffer(0, { maxByteLength: SEGMENT_SIZE });
  /** As long as the buffer, whatever that is. */
  readonly memory: Uint8Array = new Uint8Array(this.#buffer);

  /** Takes or gives back memory, if so many bytes in use are more than there are or far fewer. */
  fit(used: number): void {
    const spare = Math.max(STEP, used >> 3);
    const length = this.#buffer.byteLength;
    if (used <= length && length - used <= 2 * spare) return;
    this.#buffer.resize(Math.min(Math.ceil((used + spare / 2) / STEP) * STEP, SEGMENT_SIZE));
  }
}
