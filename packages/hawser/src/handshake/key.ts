/**
 * `Sec-WebSocket-Key` and `Sec-WebSocket-Accept` (RFC 6455, sections 4.1 and 4.2.2).
 *
 * Neither the hash nor the source of randomness is here: both are given.
 */

import { BASE64, consistsOf } from "./octets.ts";

/** The base64 of the SHA-1 of the text's ASCII bytes. */
export type Sha1Base64 = (text: string) => string;

/** RFC 6455, section 1.3. */
const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const BASE64_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The length of a key's nonce in bytes. */
export const NONCE_LENGTH = 16;

/** The value of `Sec-WebSocket-Key` for a nonce of 16 random bytes. */
export function makeKey(nonce: Uint8Array): string {
  if (nonce.length !== NONCE_LENGTH) {
    throw new RangeError(`Cannot make a key: the nonce must have ${NONCE_LENGTH} bytes, got ${nonce.length}`);
  }
  return encodeBase64(nonce);
}

/**
 * RFC 6455 4.2.1: "a base64-encoded (see Section 4 of [RFC4648]) value that, when decoded, is 16 bytes in length": 22
 * characters and two of padding, the bits that belong to no byte clear.
 */
export function isValidKey(key: string): boolean {
  if (key.length !== 24 || !key.endsWith("==")) return false;
  return consistsOf(key, BASE64, 22) && BASE64_ALPHABET.indexOf(key.charAt(21)) % 16 === 0;
}

/** The value of `Sec-WebSocket-Accept` that answers a key. */
export function acceptFor(key: string, sha1Base64: Sha1Base64): string {
  return sha1Base64(key + ACCEPT_GUID);
}

export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += BASE64_ALPHABET.charAt(group >> 18) + BASE64_ALPHABET.charAt((group >> 12) & 63);
    text += left > 1 ? BASE64_ALPHABET.charAt((group >> 6) & 63) : "=";
    text += left > 2 ? BASE64_ALPHABET.charAt(group & 63) : "=";
  }
  return text;
}
