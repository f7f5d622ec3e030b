/** Writes binary messages: whole numbers of fixed and variable length, in the order of calls. */

const encoder = new TextEncoder();

export class ByteWriter {
  readonly #bytes: number[] = [];

  uint8(value: number): this {
    this.#bytes.push(value & 0xff);
    return this;
  }

  /** Little-endian. */
  uint16(value: number): this {
    return this.uint8(value).uint8(value >>> 8);
  }

  /** Little-endian. */
  uint32(value: number): this {
    return this.uint16(value).uint16(value >>> 16);
  }

  /** Little-endian, IEEE 754 of 64 bits. */
  float64(value: number): this {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, true);
    return this.bytes(new Uint8Array(view.buffer));
  }

  /** Little-endian, IEEE 754 of 32 bits. */
  float32(value: number): this {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value, true);
    return this.bytes(new Uint8Array(view.buffer));
  }

  /** Seven bits an octet, the least first (LEB128). */
  varint(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.uint8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.uint8(rest);
  }

  bytes(bytes: Uint8Array): this {
    this.#bytes.push(...bytes);
    return this;
  }

  /** UTF-8 behind its length. */
  text(text: string): this {
    const bytes = encoder.encode(text);
    return this.varint(bytes.length).bytes(bytes);
  }

  take(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
