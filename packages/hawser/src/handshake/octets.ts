/**
 * The classes of octets that HTTP's grammar names (RFC 9110, section 5.6; RFC 9112), and text as octets.
 *
 * Header text is ISO-8859-1: one character is one byte. `TextDecoder("latin1")` would decode windows-1252.
 */

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

/** 1 at each octet that belongs to the class; 256 long, so that any byte indexes it. */
export type OctetClass = Uint8Array;

/** RFC 9110, section 5.6.2: tchar. */
export const TOKEN: OctetClass = octetsOf(
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
);

/** What a request target may contain: everything visible in ASCII. */
export const TARGET: OctetClass = octetsBetween([[0x21, 0x7e]]);

/** RFC 9110, section 5.5: field-vchar with SP and HTAB; obs-text is allowed. */
export const FIELD_VALUE: OctetClass = octetsBetween([
  [HTAB, HTAB],
  [0x20, 0x7e],
  [0x80, 0xff],
]);

/** RFC 4648, section 4, without the padding. */
export const BASE64: OctetClass = octetsOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

/** The characters of an HTTP version. */
export const VERSION: OctetClass = octetsOf("HTP/.0123456789");

function octetsOf(characters: string): OctetClass {
  const octets = new Uint8Array(256);
  for (let i = 0; i < characters.length; i++) octets[characters.charCodeAt(i)] = 1;
  return octets;
}

function octetsBetween(ranges: readonly (readonly [first: number, last: number])[]): OctetClass {
  const octets = new Uint8Array(256);
  for (const [first, last] of ranges) octets.fill(1, first, last + 1);
  return octets;
}

/** Whether every character of `text`, or of its first `end`, belongs to the class. True for the empty text. */
export function consistsOf(text: string, octets: OctetClass, end: number = text.length): boolean {
  for (let i = 0; i < end; i++) if (octets[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/** As many arguments as one call safely takes. */
const DECODE_STEP = 4096;

/** Decodes `bytes[start, end)` as ISO-8859-1. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let from = start; from < end; from += DECODE_STEP) {
    const part = bytes.subarray(from, Math.min(end, from + DECODE_STEP));
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}

const ASCII_DECODER = new TextDecoder();

/** Decodes bytes that are all ASCII, much faster than {@link decodeLatin1} does; `undefined` if one is not. */
export function decodeAscii(bytes: Uint8Array): string | undefined {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 0x7f) return undefined;
  return ASCII_DECODER.decode(bytes);
}

/** Encodes `text`, whose characters must be at most U+00FF, into `target` from `offset` on. */
export function encodeLatin1(text: string, target: Uint8Array, offset: number): void {
  for (let i = 0; i < text.length; i++) target[offset + i] = text.charCodeAt(i);
}
