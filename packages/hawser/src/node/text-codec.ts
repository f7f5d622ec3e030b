/**
 * Text and its bytes by Node's own means, which use the processor's vector instructions.
 */

import { Buffer, isAscii, isUtf8 } from "node:buffer";
import type { TextCodec } from "../bytes/text-codec.ts";

/** What `toString` and `write` end up calling, a third quicker when called directly (bench: decode bytes to string). */
interface DirectBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, start: number): number;
}

export const nodeTextCodec: TextCodec = {
  isUtf8(bytes, start, end) {
    return isUtf8(bytes.subarray(start, end));
  },
  decode(bytes, start, end) {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start) as DirectBuffer;
    // The same as UTF-8 for ASCII, and ten times as fast for long texts
    if (isAscii(view)) return view.latin1Slice(0, view.length);
    return isUtf8(view) ? view.utf8Slice(0, view.length) : undefined;
  },
  encode(text) {
    return Buffer.from(text);
  },
  encodeInto(text, target, start) {
    return asBuffer(target).utf8Write(text, start);
  },
};

/** The core writes into buffers of the transport, which are Node's; anything else is viewed as one. */
function asBuffer(bytes: Uint8Array): DirectBuffer {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer as DirectBuffer;
}
