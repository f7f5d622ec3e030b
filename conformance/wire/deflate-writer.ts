/**
 * DEFLATE by hand (RFC 1951), for messages that no compressor would write: one match at a chosen distance, a stored block,
 * a reserved block type. The results have the form of RFC 7692, section 7.2.1: the tail `00 00 ff ff` is cut off.
 */

/** Bits, the least significant first. */
class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  write(value: number, width: number): void {
    for (let bit = 0; bit < width; bit++) {
      this.#bits |= ((value >> bit) & 1) << this.#count++;
      if (this.#count === 8) this.#flush();
    }
  }

  /** A Huffman code: the most significant bit first. */
  writeCode(code: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit--) this.write((code >> bit) & 1, 1);
  }

  #flush(): void {
    this.#bytes.push(this.#bits);
    this.#bits = 0;
    this.#count = 0;
  }

  finish(): Buffer {
    if (this.#count > 0) this.#flush();
    return Buffer.from(this.#bytes);
  }
}

/** The symbol's base distance and its extra bits (RFC 1951, section 3.2.5). */
function distanceCode(distance: number): { symbol: number; extra: number; width: number } {
  let base = 1;
  for (let symbol = 0; symbol < 30; symbol++) {
    const width = symbol < 4 ? 0 : (symbol >> 1) - 1;
    if (distance < base + (1 << width)) return { symbol, extra: distance - base, width };
    base += 1 << width;
  }
  throw new RangeError(`Cannot encode a match: distance must be 1 to 32768, got ${distance}`);
}

/** A message that is one match: `length` (3 to 10) bytes from `distance` bytes back, in a fixed Huffman block. */
export function matchMessage(length: number, distance: number): Buffer {
  const bits = new BitWriter();
  bits.write(0, 1);
  bits.write(1, 2);
  bits.writeCode(length - 2, 7);
  const { symbol, extra, width } = distanceCode(distance);
  bits.writeCode(symbol, 5);
  bits.write(extra, width);
  bits.writeCode(0, 7);
  bits.write(0, 3);
  return bits.finish();
}

/** A message in one stored block. */
export function storedMessage(payload: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(payload.length, 1);
  head.writeUInt16LE(payload.length ^ 0xffff, 3);
  return Buffer.concat([head, payload, Buffer.of(0)]);
}
