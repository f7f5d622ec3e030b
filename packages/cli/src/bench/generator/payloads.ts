/**
 * The messages that are sent, made before they are needed: making them must not be measured.
 *
 * A broadcast's message says when it was due, so that each receiver knows its age: `~` and nine digits of base 36.
 */

import type { LoadMessages } from "../load.ts";

/** One message, ready to be sent. */
export interface Payload {
  readonly content: string | Uint8Array;
  readonly bytes: number;
}

/** Distinct messages of one size: a compressor must not see the same one again and again. */
const DISTINCT = 64;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export function createPayloads(messages: LoadMessages): readonly Payload[] {
  const { isBinary } = messages;
  switch (messages.kind) {
    case "size":
      return Array.from({ length: DISTINCT }, (_, index) => payloadOf(letters(messages.bytes, index + 1), isBinary));
    case "text":
      return [payloadOf(messages.text, isBinary)];
    case "corpus":
      return messages.messages.map((bytes) => ({
        content: isBinary ? bytes : new TextDecoder().decode(bytes),
        bytes: bytes.length,
      }));
  }
}

function payloadOf(text: string, isBinary: boolean): Payload {
  const bytes = Buffer.from(text);
  return { content: isBinary ? bytes : text, bytes: bytes.length };
}

/** Letters by chance, the same for the same seed: xorshift. Six bits of chance in each byte. */
function letters(length: number, seed: number): string {
  let state = seed * 0x9e3779b1;
  let text = "";
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    text += LETTERS[state & 63];
  }
  return text;
}

const MARK = "~";
const DIGITS = 9;
const BASE = 36;
/** Of a millisecond. In µs, nine digits last for three years of a machine's uptime. */
const TICKS = 1_000;

/** What a stamp takes of a message (bytes). */
export const STAMP_LENGTH: number = MARK.length + DIGITS;

/** Where a template wants the stamp. */
export const STAMP_PLACE = "{stamp}";

/** The message that was due at `time` (ms): its stamp is in the template's place, or in place of its first letters. */
export function stamped({ content }: Payload, time: number): Payload {
  const text = typeof content === "string" ? content : Buffer.from(content).toString("latin1");
  const stamp = `${MARK}${Math.ceil(time * TICKS)
    .toString(BASE)
    .padStart(DIGITS, "0")}`;
  const marked = text.includes(STAMP_PLACE) ? text.replace(STAMP_PLACE, stamp) : `${stamp}${text.slice(STAMP_LENGTH)}`;
  if (typeof content === "string") return { content: marked, bytes: Buffer.byteLength(marked) };
  const bytes = Buffer.from(marked, "latin1");
  return { content: bytes, bytes: bytes.length };
}

const STAMP = new RegExp(`${MARK}([0-9a-z]{${DIGITS}})`);

/** When a message was due (ms); `undefined` if it has no stamp. */
export function stampOf(content: string | Uint8Array): number | undefined {
  const text = typeof content === "string" ? content : Buffer.from(content).toString("latin1");
  const digits = STAMP.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, BASE) / TICKS;
}
