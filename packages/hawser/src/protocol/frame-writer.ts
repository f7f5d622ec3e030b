/**
 * Frames to bytes (RFC 6455, section 5.2), written in place into the output.
 *
 * Knows neither states nor extensions. A masking key makes the frame a client's.
 */

import { copyInto } from "../bytes/copy.ts";
import type { FrameOutput } from "../bytes/frame-output.ts";
import { mask } from "../bytes/mask.ts";
import type { TextCodec } from "../bytes/text-codec.ts";

export const FIN = 0x80;
const MASK = 0x80;

/** The longest header: two bytes, an eight-byte length, a masking key. */
const MAX_HEADER_LENGTH = 14;

/** Unmasked payloads of this many bytes and more are sent by reference: from here on a copy costs more than a second write. */
export const SHARED_PAYLOAD = 65_536;

/** Texts longer than this are encoded apart, since room for three bytes a code unit would be too much to reserve. */
const MAX_TEXT_IN_PLACE = 21_845;

/** Makes the masking keys of a client's frames; a server has none. */
export type MaskingKeys = (() => number) | undefined;

/** Writes a frame; `firstByte` holds FIN, the reserved bits and the opcode. */
export function writeFrame(output: FrameOutput, firstByte: number, payload: Uint8Array, keys: MaskingKeys): void {
  const length = payload.length;
  if (keys === undefined && length >= SHARED_PAYLOAD) {
    output.reserve(MAX_HEADER_LENGTH);
    output.end = writeHeader(output.bytes, output.end, firstByte, length, 0);
    output.append(payload);
    return;
  }
  output.reserve(MAX_HEADER_LENGTH + length);
  const start = output.end;
  if (keys === undefined) {
    const at = writeHeader(output.bytes, start, firstByte, length, 0);
    copyInto(output.bytes, at, payload);
    output.end = at + length;
  } else {
    const at = writeHeader(output.bytes, start, firstByte, length, MASK);
    copyInto(output.bytes, at + 4, payload);
    output.end = writeMask(output.bytes, at, length, keys());
  }
}

/** Writes a frame whose payload is `text`, encoded where it will be sent from. Returns the payload's bytes. */
export function writeTextFrame(
  output: FrameOutput,
  firstByte: number,
  text: string,
  codec: TextCodec,
  keys: MaskingKeys,
): number {
  if (text.length > MAX_TEXT_IN_PLACE) {
    const payload = codec.encode(text);
    writeFrame(output, firstByte, payload, keys);
    return payload.length;
  }
  output.reserve(MAX_HEADER_LENGTH + text.length * 3);
  const { bytes, end: start } = output;
  // The header's length depends on the payload's: taken as ASCII, which is mended if it was not.
  const keyLength = keys === undefined ? 0 : 4;
  const guess = start + headerLength(text.length) + keyLength;
  const length = codec.encodeInto(text, bytes, guess);
  const payloadStart = start + headerLength(length) + keyLength;
  if (payloadStart !== guess) bytes.copyWithin(payloadStart, guess, guess + length);
  const at = writeHeader(bytes, start, firstByte, length, keys === undefined ? 0 : MASK);
  output.end = keys === undefined ? at + length : writeMask(bytes, at, length, keys());
  return length;
}

/** The bytes of a frame with such a payload. */
export function frameLength(payloadLength: number, keys: MaskingKeys): number {
  return headerLength(payloadLength) + (keys === undefined ? 0 : 4) + payloadLength;
}

/** A server's frame as bytes of its own, to be sent to many. */
export function serializeFrame(firstByte: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = headerLength(payload.length);
  const frame = new Uint8Array(header + payload.length);
  writeHeader(frame, 0, firstByte, payload.length, 0);
  frame.set(payload, header);
  return frame;
}

/** Of a header without masking key. */
function headerLength(payloadLength: number): number {
  if (payloadLength < 126) return 2;
  return payloadLength < 65_536 ? 4 : 10;
}

/** Writes all but the masking key and returns where it ended. */
function writeHeader(bytes: Uint8Array, start: number, firstByte: number, length: number, maskBit: number): number {
  bytes[start] = firstByte;
  if (length < 126) {
    bytes[start + 1] = maskBit | length;
    return start + 2;
  }
  if (length < 65_536) {
    bytes[start + 1] = maskBit | 126;
    bytes[start + 2] = length >>> 8;
    bytes[start + 3] = length & 0xff;
    return start + 4;
  }
  bytes[start + 1] = maskBit | 127;
  writeUint32(bytes, start + 2, Math.floor(length / 0x1_0000_0000));
  writeUint32(bytes, start + 6, length >>> 0);
  return start + 10;
}

/** Writes the masking key at `at`, masks the payload behind it, and returns where that ends. */
function writeMask(bytes: Uint8Array, at: number, length: number, key: number): number {
  writeUint32(bytes, at, key);
  const payloadStart = at + 4;
  mask(bytes, payloadStart, payloadStart + length, key);
  return payloadStart + length;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
}
