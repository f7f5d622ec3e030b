/**
 * Raw DEFLATE data written by hand, bit by bit (RFC 1951, section 3.1.1).
 */

export class BitStream {
  readonly #bits: number[] = [];

  /** A number: its least significant bit first. */
  number(value: number, count: number): this {
    for (let bit = 0; bit < count; bit++) this.#bits.push((value >>> bit) & 1);
    return this;
  }

  /** A Huffman code: its most significant bit first. */
  code(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit--) this.#bits.push((value >>> bit) & 1);
    return this;
  }

  /** The first three bits of a block. 0: stored; 1: fixed; 2: dynamic. */
  block(kind: number, { isFinal = false } = {}): this {
    return this.number(isFinal ? 1 : 0, 1).number(kind, 2);
  }

  /** A literal or length of the fixed code. */
  fixed(symbol: number): this {
    if (symbol < 144) return this.code(0x30 + symbol, 8);
    if (symbol < 256) return this.code(0x190 + symbol - 144, 9);
    return symbol < 280 ? this.code(symbol - 256, 7) : this.code(0xc0 + symbol - 280, 8);
  }

  /** A distance of the fixed code. */
  fixedDistance(symbol: number): this {
    return this.code(symbol, 5);
  }

  /**
   * The codes of a dynamic block, with a code length code of sixteen codes of four bits: lengths 0 to 15 as they are.
   *
   * @param literalLengths the length of each code, 257 to 288 of them
   * @param distances the length of each code, 1 to 32 of them
   */
  dynamicCodes(literalLengths: readonly number[], distances: readonly number[]): this {
    this.number(literalLengths.length - 257, 5)
      .number(distances.length - 1, 5)
      .number(15, 4);
    // In the order of section 3.2.7: 16, 17 and 18 come first, and are not used
    for (let index = 0; index < 19; index++) this.number(index < 3 ? 0 : 4, 3);
    for (const length of [...literalLengths, ...distances]) this.code(length, 4);
    return this;
  }

  /** A stored block's lengths and bytes, at the next byte boundary. */
  stored(bytes: readonly number[], options: { readonly length?: number; readonly complement?: number } = {}): this {
    const { length = bytes.length, complement = ~length } = options;
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
    this.number(length, 16).number(complement & 0xffff, 16);
    for (const byte of bytes) this.number(byte, 8);
    return this;
  }

  /** An empty stored block less its last four octets, as a message ends. */
  end(): this {
    this.block(0);
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
    return this;
  }

  get bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [at, bit] of this.#bits.entries()) bytes[at >> 3]! |= bit << (at & 7);
    return bytes;
  }
}

/** The lengths of a code: those of some symbols, and zeros up to `size`. */
export function lengths(size: number, some: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: size }, (_, symbol) => some[symbol] ?? 0);
}
