/**
 * UTF-8 checked as it arrives, so that a text can be refused at its first wrong octet (RFC 6455, section 8.1; RFC 3629).
 *
 * A {@link Utf8State} is what remains to be seen of a sequence that was cut off: {@link Utf8State.COMPLETE} between
 * characters, {@link Utf8State.INVALID} once a text is beyond repair.
 */

export const Utf8State = {
  INVALID: -1,
  COMPLETE: 0,
  /** One, two or three octets 80 to bf are missing. */
  ONE_MISSING: 1,
  TWO_MISSING: 2,
  THREE_MISSING: 3,
  /** After e0: a0 to bf, or the sequence is overlong; then one more. */
  AFTER_E0: 4,
  /** After ed: 80 to 9f, or the character is a surrogate; then one more. */
  AFTER_ED: 5,
  /** After f0: 90 to bf, or the sequence is overlong; then two more. */
  AFTER_F0: 6,
  /** After f4: 80 to 8f, or the character is beyond U+10FFFF; then two more. */
  AFTER_F4: 7,
} as const;

export type Utf8State = (typeof Utf8State)[keyof typeof Utf8State];

/** Checks whole characters at once, as fast as the platform can. */
export interface WholeTextCheck {
  /** Whether `bytes` from `start` to `end` are valid UTF-8, nothing cut off. */
  isUtf8(bytes: Uint8Array, start: number, end: number): boolean;
}

/** The state after one more octet. */
export function utf8Step(state: Utf8State, octet: number): Utf8State {
  if (state === Utf8State.COMPLETE) return firstOctet(octet);
  if (octet < lowestAfter(state) || octet > highestAfter(state)) return Utf8State.INVALID;
  switch (state) {
    case Utf8State.ONE_MISSING:
      return Utf8State.COMPLETE;
    case Utf8State.TWO_MISSING:
    case Utf8State.AFTER_E0:
    case Utf8State.AFTER_ED:
      return Utf8State.ONE_MISSING;
    default:
      return Utf8State.TWO_MISSING;
  }
}

/** Checks the next piece of a text, octet by octet where a character is cut off, and by `codec` in between. */
export function utf8Check(
  state: Utf8State,
  bytes: Uint8Array,
  start: number,
  end: number,
  codec: WholeTextCheck,
): Utf8State {
  let at = start;
  let next = state;
  while (next > Utf8State.COMPLETE && at < end) next = utf8Step(next, bytes[at++]!);
  if (next !== Utf8State.COMPLETE || at === end) return next;
  const tail = incompleteTail(bytes, at, end);
  if (!codec.isUtf8(bytes, at, tail)) return Utf8State.INVALID;
  for (at = tail; at < end && next !== Utf8State.INVALID; at++) next = utf8Step(next, bytes[at]!);
  return next;
}

/** Where the last character begins if it is cut off by `end`, else `end`. */
export function incompleteTail(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1, stop = Math.max(start, end - 3); at >= stop; at--) {
    const octet = bytes[at]!;
    if (octet < 0x80) return end;
    if (octet >= 0xc0) return at + sequenceLength(octet) > end ? at : end;
  }
  return end;
}

/** Whether a run of octets is valid UTF-8 from beginning to end. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let state: Utf8State = Utf8State.COMPLETE;
  for (let at = start; at < end && state !== Utf8State.INVALID; at++) {
    const octet = bytes[at]!;
    if (state !== Utf8State.COMPLETE || octet >= 0x80) state = utf8Step(state, octet);
  }
  return state === Utf8State.COMPLETE;
}

function firstOctet(octet: number): Utf8State {
  if (octet < 0x80) return Utf8State.COMPLETE;
  // 80 to bf continue a sequence; c0 and c1 would begin an overlong one
  if (octet < 0xc2) return Utf8State.INVALID;
  if (octet < 0xe0) return Utf8State.ONE_MISSING;
  if (octet === 0xe0) return Utf8State.AFTER_E0;
  if (octet === 0xed) return Utf8State.AFTER_ED;
  if (octet < 0xf0) return Utf8State.TWO_MISSING;
  if (octet === 0xf0) return Utf8State.AFTER_F0;
  if (octet < 0xf4) return Utf8State.THREE_MISSING;
  return octet === 0xf4 ? Utf8State.AFTER_F4 : Utf8State.INVALID;
}

function lowestAfter(state: Utf8State): number {
  if (state === Utf8State.AFTER_E0) return 0xa0;
  return state === Utf8State.AFTER_F0 ? 0x90 : 0x80;
}

function highestAfter(state: Utf8State): number {
  if (state === Utf8State.AFTER_ED) return 0x9f;
  return state === Utf8State.AFTER_F4 ? 0x8f : 0xbf;
}

function sequenceLength(firstOctet: number): number {
  if (firstOctet < 0xe0) return 2;
  return firstOctet < 0xf0 ? 3 : 4;
}
