import { describe, expect, test } from "vitest";
import { zlibEngine } from "../../node/zlib-engine.ts";
import { Attempts, isMuchShorter } from "./attempts.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const createDeflater = () => zlibEngine.createDeflater({ windowBits: 12 });
const PAYLOAD = utf8("0a1b2c3d4e5f");

/** Whether each of `count` messages is tried, none of which shrinks. */
function tries(attempts: Attempts, count: number): string {
  return Array.from({ length: count }, () => {
    if (!attempts.take()) return ".";
    attempts.failed(undefined);
    return "x";
  }).join("");
}

describe("messages that do not shrink", () => {
  test("are left alone after four, for longer each time, up to 64", () => {
    const paused = (length: number) => ".".repeat(length);
    const expected = `xxxx${paused(4)}x${paused(8)}x${paused(16)}x${paused(32)}x${paused(64)}x${paused(64)}x${paused(64)}x`;
    expect(tries(new Attempts(), expected.length)).toBe(expected);
  });

  test("that is over with one that does", () => {
    const attempts = new Attempts();
    expect(tries(attempts, 10)).toBe("xxxx....x.");
    attempts.succeeded();
    expect(tries(attempts, 10)).toBe("xxxx....x.");
  });

  test("three in a row are nothing", () => {
    const attempts = new Attempts();
    for (let round = 0; round < 3; round++) {
      expect(tries(attempts, 3)).toBe("xxx");
      attempts.succeeded();
    }
  });
});

describe("a message that would shrink by those before it", () => {
  const failing = (...plaintexts: (Uint8Array | undefined)[]): Attempts => {
    const attempts = new Attempts();
    for (const plaintext of plaintexts) attempts.failed(plaintext);
    return attempts;
  };
  const other = utf8("zyxwvutsrqponm");
  const digits = (length: number) => Uint8Array.from({ length }, (_, index) => (index * index * 7 + index) & 0xff);

  test.each<[string, (Uint8Array | undefined)[], Uint8Array, boolean]>([
    ["after three, they are not asked", [PAYLOAD, PAYLOAD, PAYLOAD], PAYLOAD, false],
    ["after four they are", [PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD], PAYLOAD, true],
    ["any of the four", [PAYLOAD, other, other, other], PAYLOAD, true],
    ["but not where there is no window", [undefined, undefined, undefined, undefined], PAYLOAD, false],
    ["nor by others", [other, other, other, other], PAYLOAD, false],
    ["512 bytes are kept", [undefined, undefined, undefined, digits(512)], digits(512), true],
    ["none of more", [undefined, undefined, undefined, digits(513)], digits(512), false],
    ["a longer message is not judged", [undefined, undefined, undefined, digits(512)], digits(513), false],
    ["the latest are kept", [PAYLOAD, undefined, digits(500), digits(500)], PAYLOAD, false],
  ])("%s", (_name, plaintexts, payload, isWorth) => {
    expect(failing(...plaintexts).isWorthContext(payload, createDeflater)).toBe(isWorth);
  });

  test("is judged once, and the next one by others", () => {
    const attempts = failing(PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD);
    expect(attempts.isWorthContext(other, createDeflater)).toBe(false);
    attempts.failed(other);
    expect(attempts.isWorthContext(PAYLOAD, createDeflater)).toBe(false);
    attempts.failed(PAYLOAD);
    expect(attempts.isWorthContext(PAYLOAD, createDeflater)).toBe(true);
  });

  test("is compared with what the message was, and not after one that shrank", () => {
    const sample = Uint8Array.from(PAYLOAD);
    const attempts = failing(sample, undefined, undefined, undefined);
    sample.fill(0);
    expect(attempts.isWorthContext(PAYLOAD, createDeflater)).toBe(true);
    const again = failing(PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD);
    again.succeeded();
    expect(again.isWorthContext(PAYLOAD, createDeflater)).toBe(false);
  });

  test.each([
    [7, 8, true],
    [8, 8, false],
    [70, 80, true],
    [71, 80, false],
  ])("%i bytes of %i: %j", (compressedLength, length, expected) => {
    expect(isMuchShorter(compressedLength, length)).toBe(expected);
  });
});
