/**
 * A DEFLATE decoder (RFC 1951) that also tells the largest distance it met.
 *
 * zlib does not refuse a distance beyond the agreed window when the bytes are still in its output buffer, so that it cannot
 * prove that a sender kept to its window. Slow and small on purpose; the suite inflates with zlib and audits with this.
 */

const LENGTH_BASES = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_WIDTHS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Canonical codes: how many of each length, and the symbols in order of their codes. */
interface Codes {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

function canonicalCodes(lengths: readonly number[]): Codes {
  const counts: number[] = new Array(16).fill(0);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const symbols = lengths.map((_, symbol) => symbol).filter((symbol) => lengths[symbol] !== 0);
  symbols.sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  return { counts, symbols };
}

const FIXED_LITERALS = canonicalCodes(
  Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = canonicalCodes(new Array(30).fill(5));

class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length * 8;
  }

  bits(width: number): number {
    let value = 0;
    for (let bit = 0; bit < width; bit++) {
      const byte = this.#bytes[this.#position >> 3];
      if (byte === undefined) throw new RangeError("the data ends within a block");
      value |= ((byte >> (this.#position & 7)) & 1) << bit;
      this.#position++;
    }
    return value;
  }

  align(): void {
    this.#position = (this.#position + 7) & ~7;
  }

  symbol({ counts, symbols }: Codes): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length++) {
      code |= this.bits(1);
      const count = counts[length]!;
      if (code - count < first) return symbols[index + (code - first)]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new RangeError("a code is not in use");
  }
}

function dynamicCodes(reader: BitReader): { literals: Codes; distances: Codes } {
  const literalCount = reader.bits(5) + 257;
  const distanceCount = reader.bits(5) + 1;
  const orderCount = reader.bits(4) + 4;
  const codeLengths: number[] = new Array(19).fill(0);
  for (const symbol of CODE_LENGTH_ORDER.slice(0, orderCount)) codeLengths[symbol] = reader.bits(3);
  const codes = canonicalCodes(codeLengths);
  const lengths: number[] = [];
  while (lengths.length < literalCount + distanceCount) {
    const symbol = reader.symbol(codes);
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) lengths.push(...new Array<number>(3 + reader.bits(2)).fill(lengths.at(-1)!));
    else lengths.push(...new Array<number>(symbol === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7)).fill(0));
  }
  return {
    literals: canonicalCodes(lengths.slice(0, literalCount)),
    distances: canonicalCodes(lengths.slice(literalCount)),
  };
}

/** Decodes the messages of one direction; the history of earlier ones is kept. */
export class DistanceAudit {
  #output: number[] = [];
  #largest = 0;

  /** The largest distance so far, in bytes. */
  get largestDistance(): number {
    return this.#largest;
  }

  /** Forgets the history, as an endpoint without context takeover does. */
  reset(): void {
    this.#output = [];
  }

  /** Reads a message whose tail was put back. Throws what is wrong with it. */
  read(bytes: Uint8Array): void {
    const reader = new BitReader(bytes);
    while (!reader.isAtEnd) {
      reader.bits(1);
      this.#readBlock(reader, reader.bits(2));
    }
    this.#output = this.#output.slice(-32_768);
  }

  #readBlock(reader: BitReader, type: number): void {
    if (type === 0) this.#readStored(reader);
    else if (type === 1) this.#readCodes(reader, FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) {
      const { literals, distances } = dynamicCodes(reader);
      this.#readCodes(reader, literals, distances);
    } else throw new RangeError("a block type is reserved");
  }

  #readStored(reader: BitReader): void {
    reader.align();
    const length = reader.bits(16);
    if ((reader.bits(16) ^ 0xffff) !== length) throw new RangeError("a stored block's lengths differ");
    for (let index = 0; index < length; index++) this.#output.push(reader.bits(8));
  }

  #readCodes(reader: BitReader, literals: Codes, distances: Codes): void {
    for (let symbol = reader.symbol(literals); symbol !== 256; symbol = reader.symbol(literals)) {
      if (symbol < 256) this.#output.push(symbol);
      else this.#copy(reader, symbol - 257, distances);
    }
  }

  #copy(reader: BitReader, lengthIndex: number, distances: Codes): void {
    const length = LENGTH_BASES[lengthIndex]! + reader.bits(LENGTH_WIDTHS[lengthIndex]!);
    const symbol = reader.symbol(distances);
    const width = symbol < 4 ? 0 : (symbol >> 1) - 1;
    const base = symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << width) + 1;
    const distance = base + reader.bits(width);
    if (distance > this.#output.length) throw new RangeError(`distance ${distance} goes before the first byte`);
    this.#largest = Math.max(this.#largest, distance);
    for (let index = 0; index < length; index++) this.#output.push(this.#output[this.#output.length - distance]!);
  }
}
