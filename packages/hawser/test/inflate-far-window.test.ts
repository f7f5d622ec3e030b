/** Matches far back in a large window, of which only what they refer to is copied: every place, and never another's bytes. */

import { constants, deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { createVectorEngine } from "../src/deflate/vector-engine.ts";

const SIZE = 32_768;
const engine = createVectorEngine()!;

/** Bytes that do not repeat, another sequence for each seed. */
function noise(seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: SIZE }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** An inflater that has received `text`, and as many bytes before it as put the window's beginning elsewhere in its memory. */
function receiverOf(text: Uint8Array, before: number) {
  const inflater = engine.createInflater({ windowBits: 15 });
  if (before > 0) inflater.append(text.subarray(0, before));
  for (let at = 0; at < SIZE; at += 1_000) inflater.append(text.subarray(at, at + 1_000));
  return inflater;
}

function compress(message: Uint8Array, dictionary: Uint8Array): Uint8Array {
  return deflateRawSync(message, { dictionary, windowBits: 15, level: 9, finishFlush: constants.Z_SYNC_FLUSH });
}

test.each([0, 1, 700, 20_000])("with %i bytes before the window, both of two connections", (before) => {
  const texts = [noise(7), noise(11)];
  const receivers = texts.map((text) => receiverOf(text, before));
  let windows = texts;
  // A step that meets the pieces' borders in every way
  for (let at = 2_100; at < SIZE - 1_000; at += 487) {
    const lengths = [3 + (at % 40), 258, 20];
    const messages = windows.map((text) =>
      Buffer.concat(lengths.map((length, index) => text.subarray(at + index * 260, at + index * 260 + length))),
    );
    for (const [index, message] of messages.entries()) {
      const inflated = receivers[index]!.inflate(compress(message, windows[index]!), 100_000);
      expect(Buffer.compare(inflated as Uint8Array, message)).toBe(0);
    }
    windows = windows.map((text, index) => Buffer.concat([text, messages[index]!]).subarray(-SIZE));
  }
});

test("a message of several portions that goes on referring to the window", () => {
  const text = noise(23);
  const receiver = receiverOf(text, 0);
  const message = Buffer.concat([text.subarray(20_000, 20_400), noise(29), noise(31), text.subarray(25_000, 25_100)]);
  expect(Buffer.compare(receiver.inflate(compress(message, text), 100_000) as Uint8Array, message)).toBe(0);
});
