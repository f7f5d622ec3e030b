/**
 * Frames as they stand on the wire (RFC 6455, section 5.2), the forbidden ones included.
 *
 * Written apart from the protocol core, which it is used to test: it keeps no rule and knows no state.
 */

import { mask } from "../bytes/mask.ts";

/** A frame to send. */
export interface RawFrame {
  /** See {@link Opcode}; any number from 0 to 15. */
  readonly opcode: number;
  /** Text is sent as UTF-8. Empty by default. */
  readonly payload?: string | Uint8Array;
  /** Whether it ends its message. `true` by default. */
  readonly fin?: boolean;
  /** The reserved bits at their place in the first byte: 0x40, 0x20, 0x10. None by default. */
  readonly rsv?: number;
  /** Whether it is masked. By default a client's frames are. */
  readonly masked?: boolean;
  /** The 32-bit masking key. */
  readonly maskingKey?: number;
  /** What the header says of the payload's length, if it is to lie. */
  readonly announcedLength?: number;
}

/** A frame that was received, unmasked. */
export interface ReceivedFrame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin: boolean;
  readonly rsv: number;
  readonly masked: boolean;
}

const DEFAULT_MASKING_KEY = 0x37fa213d;

/** The bytes of a frame. */
export function serializeRawFrame(frame: RawFrame): Uint8Array {
  const { opcode, payload = "", fin = true, rsv = 0, masked = false, maskingKey = DEFAULT_MASKING_KEY } = frame;
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  const length = lengthBytes(frame.announcedLength ?? bytes.length);
  length[0]! |= masked ? 0x80 : 0;
  const key = masked ? bigEndian(maskingKey >>> 0, 4) : [];
  const header = [(fin ? 0x80 : 0) | rsv | opcode, ...length, ...key];
  const serialized = new Uint8Array(header.length + bytes.length);
  serialized.set(header);
  serialized.set(bytes, header.length);
  if (masked) mask(serialized, header.length, serialized.length, maskingKey);
  return serialized;
}

function lengthBytes(length: number): number[] {
  if (length < 126) return [length];
  return length < 65_536 ? [126, ...bigEndian(length, 2)] : [127, ...bigEndian(length, 8)];
}

function bigEndian(value: number, width: number): number[] {
  const octets: number[] = [];
  for (let rest = value; octets.length < width; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return octets;
}

/** Takes bytes as they arrive, and gives the frames that are complete. */
export class RawFrameReader {
  #bytes: Buffer = Buffer.alloc(0);

  read(bytes: Uint8Array): ReceivedFrame[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const frames: ReceivedFrame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): ReceivedFrame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const masked = (bytes[1]! & 0x80) !== 0;
    const short = bytes[1]! & 0x7f;
    const lengthWidth = short < 126 ? 0 : short === 126 ? 2 : 8;
    const start = 2 + lengthWidth + (masked ? 4 : 0);
    if (bytes.length < start) return undefined;
    const length = lengthWidth === 0 ? short : Number.parseInt(bytes.toString("hex", 2, 2 + lengthWidth), 16);
    if (bytes.length < start + length) return undefined;
    const payload = new Uint8Array(bytes.subarray(start, start + length));
    if (masked) mask(payload, 0, length, bytes.readInt32BE(start - 4));
    this.#bytes = bytes.subarray(start + length);
    return { opcode: bytes[0]! & 0x0f, payload, fin: bytes[0]! >= 0x80, rsv: bytes[0]! & 0x70, masked };
  }
}
