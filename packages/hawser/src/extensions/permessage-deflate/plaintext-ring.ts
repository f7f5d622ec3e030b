/**
 * The last bytes of a stream, in memory that is taken as it fills and then used round and round.
 */

/** Memory doubles from here. */
const FIRST_CAPACITY = 1_024;

const EMPTY = new Uint8Array(0);

export class PlaintextRing {
  readonly #capacity: number;
  /** As long as a power of two: where a byte is follows from its place in the stream. */
  #memory: Uint8Array = EMPTY;
  #end = 0;

  /** @param capacity bytes to keep, a power of two */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Bytes of the stream so far. */
  get end(): number {
    return this.#end;
  }

  /** Bytes of memory taken. */
  get heldBytes(): number {
    return this.#memory.length;
  }

  /** Adds at most `capacity` bytes. Copies. */
  append(bytes: Uint8Array): void {
    this.#makeRoom(Math.min(this.#end + bytes.length, this.#capacity));
    const memory = this.#memory;
    const at = this.#end & (memory.length - 1);
    const space = memory.length - at;
    if (bytes.length <= space) memory.set(bytes, at);
    else {
      memory.set(bytes.subarray(0, space), at);
      memory.set(bytes.subarray(space), 0);
    }
    this.#end += bytes.length;
  }

  /** Hands over the bytes from one place in the stream to another, at most `capacity` before the end of it. */
  copyTo(target: { append(bytes: Uint8Array): void }, from: number, to: number): void {
    const memory = this.#memory;
    const at = from & (memory.length - 1);
    const end = at + to - from;
    target.append(memory.subarray(at, Math.min(end, memory.length)));
    if (end > memory.length) target.append(memory.subarray(0, end - memory.length));
  }

  /** The stream begins anew; gives the memory back. */
  reset(): void {
    this.#memory = EMPTY;
    this.#end = 0;
  }

  /** Until the memory is as large as it gets, all of the stream is in it, from its first byte on. */
  #makeRoom(needed: number): void {
    if (needed <= this.#memory.length) return;
    let size = Math.min(FIRST_CAPACITY, this.#capacity);
    while (size < needed) size *= 2;
    const memory = new Uint8Array(size);
    memory.set(this.#memory);
    this.#memory = memory;
  }
}
