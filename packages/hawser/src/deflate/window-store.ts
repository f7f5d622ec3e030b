/**
 * Memory for the sliding windows of many connections.
 *
 * Windows of one size lie side by side without a gap: when one goes, the last takes its place, and what is free at the end is
 * given back to the operating system. So the memory that is held is what the windows need, however many there have been.
 * A connection that fills its window moves from size to size. The file knows nothing of what the places hold.
 */

/**
 * Sizes for windows in use. Up to 4 KiB every multiple of 512, from there on steps of an eighth to a quarter: more sizes
 * would hardly save memory.
 */
export const WINDOW_SIZES: readonly number[] = [
  0.5, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64,
].map((pages) => pages * 512);

/** Sizes for what is put away: steps of 64 bytes up to 2 KiB, and of a sixteenth at most from there on, up to 64 KiB. */
export const FINE_SIZES: readonly number[] = fineSizes(65_536);

function fineSizes(largest: number): readonly number[] {
  const sizes: number[] = [];
  let size = 0;
  while (size < largest) {
    size += Math.max(64, 2 ** Math.floor(Math.log2(size || 1)) / 16);
    sizes.push(size);
  }
  return sizes;
}

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

/** What of a store's memory is in use. */
interface Usage {
  bytes: number;
}

export class WindowStore<Owner extends PlaceOwner = PlaceOwner> {
  readonly #sizes: readonly number[];
  /** Made when they are first needed. */
  readonly #shelves: (Shelf<Owner> | undefined)[];
  readonly #usage: Usage = { bytes: 0 };

  /** @param sizes of places, in bytes, ascending */
  constructor(sizes: readonly number[] = WINDOW_SIZES) {
    this.#sizes = sizes;
    this.#shelves = sizes.map(() => undefined);
  }

  /** The shelf whose places are the smallest that have room for `length` bytes, which must not exceed the largest size. */
  shelfFor(length: number): Shelf<Owner> {
    const index = this.#indexFor(length);
    this.#shelves[index] ??= new Shelf(this.#sizes[index]!, this.#usage);
    return this.#shelves[index];
  }

  /** Bytes of the place that `length` bytes would get. */
  sizeFor(length: number): number {
    return this.#sizes[this.#indexFor(length)]!;
  }

  /** Bytes of places in use. */
  get usedBytes(): number {
    return this.#usage.bytes;
  }

  /** Bytes of memory taken, in use or not. */
  get heldBytes(): number {
    return this.#shelves.reduce((sum, shelf) => sum + (shelf?.heldBytes ?? 0), 0);
  }

  /** Number of shelves there may be, for a {@link StoreWalk}. */
  get shelfCount(): number {
    return this.#sizes.length;
  }

  /** One of the shelves, if there is anything on it. */
  shelfAt(index: number): Shelf<Owner> | undefined {
    return this.#shelves[index];
  }

  #indexFor(length: number): number {
    let index = 0;
    while (this.#sizes[index]! < length) index++;
    return index;
  }
}

/**
 * A walk over all owners of places that may be interrupted, while places are taken and given back. Who has a place from
 * beginning to end is met, some more than once.
 */
export class StoreWalk<Owner extends PlaceOwner> {
  readonly #store: WindowStore<Owner>;
  #shelf = 0;
  /** Counts down: whoever takes over a place that was given back has been met already. */
  #place = Number.POSITIVE_INFINITY;

  constructor(store: WindowStore<Owner>) {
    this.#store = store;
  }

  /** The next owner, or `undefined` at the end; after that it begins anew. */
  next(): Owner | undefined {
    for (; this.#shelf < this.#store.shelfCount; this.#shelf++, this.#place = Number.POSITIVE_INFINITY) {
      const shelf = this.#store.shelfAt(this.#shelf);
      if (shelf === undefined) continue;
      this.#place = Math.min(this.#place, shelf.count) - 1;
      if (this.#place >= 0) return shelf.ownerOf(this.#place);
    }
    this.#shelf = 0;
    return undefined;
  }
}

/** Places of one size. */
export class Shelf<Owner extends PlaceOwner = PlaceOwner> {
  /** Bytes of a place. */
  readonly size: number;
  readonly #perSegment: number;
  readonly #owners: Owner[] = [];
  readonly #segments: Segment[] = [];
  readonly #usage: Usage;

  constructor(size: number, usage: Usage) {
    this.size = size;
    this.#usage = usage;
    this.#perSegment = Math.floor(SEGMENT_SIZE / size);
  }

  get heldBytes(): number {
    return this.#segments.reduce((sum, { memory }) => sum + memory.length, 0);
  }

  /** Places in use: 0 to `count - 1`. */
  get count(): number {
    return this.#owners.length;
  }

  ownerOf(place: number): Owner | undefined {
    return this.#owners[place];
  }

  /**
   * Gives the owner a place, and tells it which.
   *
   * @throws {RangeError} if memory cannot be had; nothing has changed then.
   */
  take(owner: Owner): void {
    const place = this.#owners.length;
    const index = Math.floor(place / this.#perSegment);
    const segment = this.#segments[index] ?? new Segment();
    segment.fit(this.offsetOf(place) + this.size);
    this.#segments[index] = segment;
    this.#owners.push(owner);
    owner.place = place;
    this.#usage.bytes += this.size;
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
    this.#usage.bytes -= this.size;
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

  /** The bytes of a place, until places move. */
  bytesOf(place: number): Uint8Array {
    const offset = this.offsetOf(place);
    return this.memoryOf(place).subarray(offset, offset + this.size);
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
