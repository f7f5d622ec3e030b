/** What is measured of a slow receiver: nobody is slow, or one does not read, under one policy or the other. */

export const WAYS = ["nobody", "skip", "conflate"] as const;

/** Also the name of the topic. */
export type Way = (typeof WAYS)[number];

/** Bytes of a message: JSON, with the time of publication at a fixed place. */
export const MESSAGE_SIZE = 240;

/** Bytes of its frame before it: a server's, with a length of two bytes. */
export const FRAME_HEAD = 4;

/** Digits of microseconds, by the machine's clock that never goes back, which all processes share. */
export const TIME_DIGITS = 16;

const HEAD = '{"at":"';
const TAIL = '","text":"';

/** Where the digits begin in a message. */
export const TIME_PLACE: number = HEAD.length;

const PADDING = "x".repeat(MESSAGE_SIZE - HEAD.length - TIME_DIGITS - TAIL.length - '"}'.length);

/** A message that says when it was made. */
export function timedMessage(): string {
  return `${HEAD}${String(microseconds()).padStart(TIME_DIGITS, "0")}${TAIL}${PADDING}"}`;
}

export function microseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
