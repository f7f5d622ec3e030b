/**
 * Text and its bytes. A platform that has faster means than {@link webTextCodec} hands its own to the core.
 */

import { isUtf8, type WholeTextCheck } from "./utf8.ts";

export interface TextCodec extends WholeTextCheck {
  /**
   * The text of `bytes` from `start` to `end`, a byte order mark included; `undefined` if they are not valid UTF-8. `isAscii`:
   * they are known to be ASCII.
   */
  decode(bytes: Uint8Array, start: number, end: number, isAscii: boolean): string | undefined;
  /** The bytes of `text`; an unpaired surrogate becomes U+FFFD. */
  encode(text: string): Uint8Array;
  /**
   * Writes the bytes of `text` into `target` from `start` on and returns how many they are. `target` must have room for
   * three bytes for each UTF-16 code unit.
   */
  encodeInto(text: string, target: Uint8Array, start: number): number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A codec on the Web's `TextEncoder` and `TextDecoder`, for every platform. */
export const webTextCodec: TextCodec = {
  isUtf8,
  decode(bytes, start, end) {
    // The decoder throws for invalid input, which a peer may send as often as it likes: ask first.
    return isUtf8(bytes, start, end) ? decoder.decode(bytes.subarray(start, end)) : undefined;
  },
  encode(text) {
    return encoder.encode(text);
  },
  encodeInto(text, target, start) {
    return encoder.encodeInto(text, start === 0 ? target : target.subarray(start)).written;
  },
};
