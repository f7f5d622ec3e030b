/**
 * A small DEFLATE decoder (RFC 1951) that keeps the distances: what zlib does not tell about a compressed stream.
 *
 * For tests, as an independent witness: it takes whole blocks up to the end of the data and has no limit of any kind.
 */

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;

/** Symbols by their code, written as length and value. */
type Codes = ReadonlyMap<string, number>;

/** Every distance in the data, in order; RFC 1951, section 3.2. */
export function distancesOf(compressed: Uint8Array): number[] {
  const reader = new BitReader(compressed);
  const distances: number[] = [];
  while (!reader.isAtEnd) {
    reader.take(1);
    const type = reader.take(2);
    if (type === 0) reader.skipStored();
    else if (type === 1) readBlock(reader, fixedLiterals(), codesOf(Array(30).fill(5)), distances);
    else readBlock(reader, ...readCodes(reader), distances);
  }
  return distances;
}

class BitReader {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#bit >= this.#bytes.length * 8;
  }

  take(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) {
      if (this.isAtEnd) throw new Error("the data ends inside a block");
      value |= ((this.#bytes[this.#bit >> 3]! >> (this.#bit & 7)) & 1) << index;
      this.#bit++;
    }
    return value;
  }

  skipStored(): void {
    this.#bit = (this.#bit + 7) & ~7;
    const length = this.take(16);
    this.#bit += 16 + length * 8;
  }

  symbol(codes: Codes): number {
    let code = 0;
    for (let length = 1; length <= 15; length++) {
      code = (code << 1) | this.take(1);
      const symbol = codes.get(`${length}:${code}`);
      if (symbol !== undefined) return symbol;
    }
    throw new Error("no symbol has this code");
  }
}

function readBlock(reader: BitReader, literals: Codes, distanceCodes: Codes, distances: number[]): void {
  for (;;) {
    const symbol = reader.symbol(literals);
    if (symbol === END_OF_BLOCK) return;
    if (symbol < END_OF_BLOCK) continue;
    const length = LENGTH_BASE[symbol - 257]! + reader.take(LENGTH_EXTRA[symbol - 257]!);
    if (length < 3) throw new Error("a match is too short");
    const code = reader.symbol(distanceCodes);
    const extra = code < 4 ? 0 : (code >> 1) - 1;
    const base = code < 4 ? code + 1 : ((2 + (code & 1)) << extra) + 1;
    distances.push(base + reader.take(extra));
  }
}

function readCodes(reader: BitReader): [literals: Codes, distances: Codes] {
  const [literalCount, distanceCount, lengthCount] = [reader.take(5) + 257, reader.take(5) + 1, reader.take(4) + 4];
  const lengths: number[] = Array(19).fill(0);
  for (let index = 0; index < lengthCount; index++) lengths[CODE_LENGTH_ORDER[index]!] = reader.take(3);
  const lengthCodes = codesOf(lengths);
  const all: number[] = [];
  while (all.length < literalCount + distanceCount) {
    const symbol = reader.symbol(lengthCodes);
    if (symbol < 16) all.push(symbol);
    else if (symbol === 16) all.push(...Array(3 + reader.take(2)).fill(all.at(-1)));
    else all.push(...Array(symbol === 17 ? 3 + reader.take(3) : 11 + reader.take(7)).fill(0));
  }
  return [codesOf(all.slice(0, literalCount)), codesOf(all.slice(literalCount))];
}

function fixedLiterals(): Codes {
  return codesOf(
    Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  );
}

/** Canonical codes from their lengths (RFC 1951, section 3.2.2). */
function codesOf(lengths: readonly number[]): Codes {
  const codes = new Map<string, number>();
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    for (const [symbol, codeLength] of lengths.entries()) {
      if (codeLength === length) codes.set(`${length}:${code++}`, symbol);
    }
    code <<= 1;
  }
  return codes;
}
