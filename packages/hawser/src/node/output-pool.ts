/**
 * Memory that frames are written to and sent from: lent while a turn of the event loop fills it, and taken back once the
 * operating system has copied it.
 */

/** The size of a lent buffer: what nearly every turn of a connection fits in. */
export const OUTPUT_SIZE = 65_536;

/** Buffers lent at the same time, 4 MiB; connections beyond get memory of their frames' size. */
const MAX_LENT = 64;

/** What nobody has lent anything for. */
export const NO_BYTES: Buffer = Buffer.alloc(0);

/** Who writes to a lent buffer, from its begin to `end`. */
export interface PooledOutput {
  bytes: Buffer;
  end: number;
  /** Sends what was written, so that the buffer may be given back. */
  flush(): void;
}

export class OutputPool {
  readonly #free: Buffer[] = [];
  #lent = 0;

  /** A buffer with room for `length` bytes at least. */
  lend(length: number): Buffer {
    if (length > OUTPUT_SIZE || this.#lent >= MAX_LENT) return allocateApart(length);
    this.#lent++;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(OUTPUT_SIZE);
  }

  /** Afterwards there is room for `length` bytes behind what was written. What would not fit in one buffer with them is sent. */
  makeRoom(output: PooledOutput, length: number): void {
    if (output.end > 0 && output.end + length > OUTPUT_SIZE) output.flush();
    const { bytes, end } = output;
    output.bytes = this.lend(Math.max(end + length, Math.min(end * 2, OUTPUT_SIZE)));
    bytes.copy(output.bytes, 0, 0, end);
    this.takeBack(bytes);
  }

  /** Drops what was written to an output. */
  discard(output: Pick<PooledOutput, "bytes" | "end">): void {
    this.takeBack(output.bytes);
    output.bytes = NO_BYTES;
    output.end = 0;
  }

  /** The buffer, whichever way it was made, is no longer in use. */
  takeBack(buffer: Buffer): void {
    if (buffer.length !== OUTPUT_SIZE) return;
    this.#lent--;
    this.#free.push(buffer);
  }
}

/** The one that transports use. */
export const outputPool: OutputPool = new OutputPool();

/** Never of the length by which the pool knows its own. */
function allocateApart(length: number): Buffer {
  return Buffer.allocUnsafe(length === OUTPUT_SIZE ? length + 1 : Math.max(length, 256));
}
