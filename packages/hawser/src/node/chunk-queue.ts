/** Bytes that wait, in the pieces in which they came. */

export class ChunkQueue {
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** Bytes in all. */
  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** All of them; none is left. */
  take(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#length = 0;
    return chunks;
  }
}
