/**
 * What every DEFLATE engine must do: one suite for all of them. Node's own zlib is the independent peer.
 */

import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeflateEngine, Deflater, Inflater } from "../src/deflate/engine.ts";
import { distancesOf } from "./deflate-distances.ts";
import { NativeDeflatePeer } from "./native-deflate-peer.ts";

const ALL_WINDOW_BITS = [8, 9, 10, 11, 12, 13, 14, 15];
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH };
const MIB = 1_048_576;

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes that do not shrink, always the same ones. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Quicker than `toEqual` on large arrays. */
function same(actual: Uint8Array | string, expected: Uint8Array): boolean {
  return typeof actual !== "string" && Buffer.compare(actual, expected) === 0;
}

/** Texts with repetitions near and far. */
function feed(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const items = Array.from({ length: (index * 7) % 40 }, (_, item) => ({
      id: index * item,
      name: `item ${item % 9}`,
    }));
    return utf8(JSON.stringify({ sequence: index, topic: `prices/${index % 3}`, items }));
  });
}

/** @param keepsWindows whether senders keep as much of their windows as was agreed: an engine short of memory does not */
export function deflateEngineContract(engine: DeflateEngine, { keepsWindows = true } = {}): void {
  const inflater = (windowBits = 15): Inflater => engine.createInflater({ windowBits });
  const deflater = (windowBits = 15): Deflater => engine.createDeflater({ windowBits });

  describe("deflating", () => {
    test("an empty payload gives an empty stored block", () => {
      expect(deflater().deflate(new Uint8Array(0))).toEqual(hex("00 00 00 ff ff"));
    });

    test.each([1, 63, 64, 511, 512, 4_096, 16_384, 58_254, 58_255, 65_536, 200_000])(
      "%i bytes that do not shrink end in the tail and come back",
      (length) => {
        for (const payload of [noise(length), new Uint8Array(length)]) {
          const compressed = deflater(12).deflate(payload);
          expect(compressed.subarray(-4)).toEqual(hex("00 00 ff ff"));
          expect(same(inflater(12).inflate(compressed, length), payload)).toBe(true);
        }
      },
    );

    test("leaves the window as it is until the plaintext is appended", () => {
      const payload = utf8("a message that repeats a message");
      const subject = deflater();
      const first = Uint8Array.from(subject.deflate(payload));
      expect(subject.heldBytes).toBe(0);
      expect(subject.deflate(payload)).toEqual(first);
      subject.append(payload);
      if (keepsWindows) {
        expect(subject.heldBytes).toBeGreaterThanOrEqual(payload.length);
        expect(subject.deflate(payload).length).toBeLessThan(first.length / 2);
      }
      subject.reset();
      expect(subject.heldBytes).toBe(0);
      expect(subject.deflate(payload)).toEqual(first);
    });

    test.each([0, 1, 40, 127, 128, 1_000, 3_999, 4_096, 5_000])("reaches back %i bytes and no further", (reach) => {
      const [subject, whole] = [deflater(12), deflater(12)];
      const window = Buffer.concat(feed(30)).subarray(0, 4_096);
      for (const one of [subject, whole]) one.append(window);
      for (const payload of [...feed(12), Buffer.concat([window, noise(70_000), window])]) {
        const compressed = subject.deflate(payload, reach);
        const dictionary = window.subarray(Math.max(0, window.length - reach));
        const fits = inflateRawSync(compressed, { ...SYNC, windowBits: 12, ...(reach > 0 ? { dictionary } : {}) });
        expect(Buffer.compare(fits, payload)).toBe(0);
        // What is compressed against all of the window next is hardly the worse for it
        const expected = whole.deflate(payload).length;
        expect(subject.deflate(payload).length).toBeLessThanOrEqual(expected + 8 + expected / 20);
        for (const one of [subject, whole]) one.append(payload);
        for (const one of [subject, whole]) one.append(window);
      }
    });

    test("the farther it reaches the shorter it gets", () => {
      const subject = deflater(12);
      const [near, far] = [noise(200, 1), noise(200, 2)];
      for (const plaintext of [far, noise(1_000, 3), near]) subject.append(plaintext);
      const payload = Buffer.concat([far, near]);
      const lengths = [4_096, 1_400, 1_399, 200, 0].map((reach) => subject.deflate(payload, reach).length);
      expect(lengths[0]).toBe(lengths[1]);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      if (!keepsWindows) return;
      expect([lengths[1]! < 40, lengths[3]! < 240, lengths[4]! > 400]).toEqual([true, true, true]);
    });

    test.each(["default", "filtered", "huffmanOnly", "rle", "fixed"] as const)("uses the strategy %s", (strategy) => {
      const payload = Buffer.concat(feed(5));
      const compressed = engine.createDeflater({ windowBits: 12, level: 1, memLevel: 1, strategy }).deflate(payload);
      expect(compressed.length).toBeLessThan(payload.length);
      expect(new Uint8Array(inflateRawSync(compressed, SYNC))).toEqual(new Uint8Array(payload));
    });

    test.each(ALL_WINDOW_BITS)("with %i bits never reaches beyond the window", (windowBits) => {
      const subject = deflater(windowBits);
      const distances: number[] = [];
      // Repetitions at every distance around the window's size, inside messages and across them
      const size = 2 ** windowBits;
      const phrase = noise(40, 7);
      for (const gap of [0, 200, size - 310, size - 302, size - 100, size - 48, size - 40, size, size + 5]) {
        // Letters, lest the whole is stored
        const between = noise(Math.max(gap, 0), gap + 11).map((byte) => 97 + (byte & 15));
        const payload = Buffer.concat([phrase, between, phrase]);
        distances.push(...distancesOf(subject.deflate(payload)));
        subject.append(payload);
      }
      for (const message of feed(20)) {
        distances.push(...distancesOf(subject.deflate(message)));
        subject.append(message);
      }
      if (keepsWindows) expect(Math.max(...distances)).toBeGreaterThan(size / 3);
      expect(Math.max(...distances)).toBeLessThanOrEqual(size);
    });
  });

  describe("inflating", () => {
    test.each([
      ["a stripped payload", "f2 48 cd c9 c9 07 00", "Hello"],
      ["a payload with its tail", "f2 48 cd c9 c9 07 00 00 00 ff ff", "Hello"],
      ["a stored block", "00 05 00 fa ff 48 65 6c 6c 6f 00", "Hello"],
      ["a final block and an empty one", "f3 48 cd c9 c9 07 00 00", "Hello"],
      ["a final block, an empty one and the tail", "f3 48 cd c9 c9 07 00 00 00 00 ff ff", "Hello"],
      ["a final block at the very end", "f3 48 cd c9 c9 07 00", "Hello"],
      ["a final stored block at the very end", "01 05 00 fa ff 48 65 6c 6c 6f", "Hello"],
      ["a final stored block that ends like a tail", "01 05 00 fa ff 48 00 00 ff ff", "H\0\0\u{ff}\u{ff}"],
      ["two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", "Hello"],
      ["two final blocks, the second referring to the first", "f3 48 cd c9 c9 07 00 03 13 00 00", "HelloHello"],
      ["an empty message", "00", ""],
      ["an empty fixed block", "02 00", ""],
      ["empty final blocks alone", "03 00 03 00", ""],
      ["nothing", "", ""],
    ])("%s", (name, compressed, expected) => {
      if (name.startsWith("two final blocks")) compressed = twoFinalBlocks();
      expect(inflater().inflate(hex(compressed), 100)).toEqual(new Uint8Array(Buffer.from(expected, "latin1")));
    });

    test("keeps one window over messages, and forgets it on reset", () => {
      const subject = inflater();
      expect(subject.inflate(hex("f2 48 cd c9 c9 07 00"), 5)).toEqual(utf8("Hello"));
      expect(subject.inflate(hex("f2 00 11 00 00"), 5)).toEqual(utf8("Hello"));
      expect(subject.heldBytes).toBeGreaterThanOrEqual(10);
      subject.reset();
      expect(subject.heldBytes).toBe(0);
      expect(subject.inflate(hex("f2 00 11 00 00"), 5)).toBe("INVALID");
    });

    test.each([
      ["a reserved block type", "07"],
      ["a stored block whose lengths disagree", "00 05 00 fb ff 48 65 6c 6c 6f 00"],
      ["a distance before the beginning", "f2 00 11 00 00"],
      ["a final block and then nonsense", "f3 48 cd c9 c9 07 00 ff ff"],
      ["bytes of ones", "ff ff ff ff"],
      ["the tail twice", "f2 48 cd c9 c9 07 00 00 00 ff ff 00 00 ff ff"],
    ])("%s is INVALID", (_name, compressed) => {
      expect(inflater().inflate(hex(compressed), 100)).toBe("INVALID");
    });

    test.each([
      ["INVALID", "f3 48 cd c9 c9 07 00 ff ff", 100],
      ["TOO_BIG", twoFinalBlocks(), 9],
    ])("a fault amid final blocks leaves the window as it was: %s", (fault, compressed, maxSize) => {
      const subject = inflater();
      const known = utf8("a hawser is a thick rope");
      subject.inflate(deflateRawSync(known, SYNC), 100);
      expect(subject.inflate(hex(compressed), maxSize)).toBe(fault);
      expect(subject.inflate(deflateRawSync(known, { ...SYNC, dictionary: known }), 100)).toEqual(known);
    });

    test("a message that is cut anywhere inside its data is INVALID", () => {
      const plaintext = Buffer.concat(feed(4));
      for (const compressed of [deflateRawSync(plaintext, SYNC).subarray(0, -4), deflateRawSync(plaintext)]) {
        for (let end = 1; end < compressed.length; end++) {
          expect(inflater().inflate(compressed.subarray(0, end), MIB)).toBe("INVALID");
        }
      }
    });

    test("a final block that ends in octets the message does not have is INVALID", () => {
      // The end of the fixed block is seven zero bits, and the tail begins with zeros
      expect(inflater().inflate(hex("f3 48 cd c9 c9 07"), 100)).toBe("INVALID");
    });

    test("a final stored block that lacks just as many octets as the tail has is INVALID", () => {
      expect(inflater().inflate(hex("01 09 00 f6 ff 48 65 6c 6c 6f"), 100)).toBe("INVALID");
    });

    test("a single byte exceeds a maxSize of 0", () => {
      expect(inflater().inflate(hex("4a 04 00"), 1)).toEqual(utf8("a"));
      expect(inflater().inflate(hex("4a 04 00"), 0)).toBe("TOO_BIG");
    });

    test.each([0, 1, 4])("five bytes exceed a maxSize of %i", (maxSize) => {
      expect(inflater().inflate(hex("f2 48 cd c9 c9 07 00"), maxSize)).toBe("TOO_BIG");
    });

    test("maxSize counts the stretches between final blocks together", () => {
      const twice = hex("f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00");
      expect(inflater().inflate(twice, 10)).toEqual(utf8("HelloHello"));
      expect(inflater().inflate(twice, 9)).toBe("TOO_BIG");
      expect(inflater().inflate(twice, 5)).toBe("TOO_BIG");
    });

    test("an empty message fits a maxSize of 0, and no limit is a limit too", () => {
      expect(inflater().inflate(hex("00"), 0)).toEqual(new Uint8Array(0));
      expect(inflater().inflate(hex("f2 48 cd c9 c9 07 00"), Number.POSITIVE_INFINITY)).toEqual(utf8("Hello"));
    });

    test("300 MB of zeros are TOO_BIG for 1 MiB", () => {
      const zeros = deflateRawSync(new Uint8Array(MIB), SYNC);
      const bomb = Buffer.concat(Array(300).fill(zeros));
      expect(bomb.length).toBeLessThan(MIB);
      expect(inflater().inflate(bomb, MIB)).toBe("TOO_BIG");
      expect(same(inflater().inflate(zeros, MIB), new Uint8Array(MIB))).toBe(true);
    });

    test("a great number of final blocks is INVALID, a good number is not", () => {
      expect(inflater().inflate(new Uint8Array(Buffer.alloc(2 * 500_000, "0300", "hex")), 100)).toBe("INVALID");
      expect(inflater().inflate(new Uint8Array(Buffer.alloc(2 * 1_000, "0300", "hex")), 100)).toEqual(
        new Uint8Array(0),
      );
    });

    test("never shows the plaintext of another connection", () => {
      const [ours, theirs] = [inflater(), inflater()];
      const secret = utf8("the password of another connection");
      expect(theirs.inflate(deflater().deflate(secret), 100)).toEqual(secret);
      expect(ours.inflate(deflateRawSync(secret, { ...SYNC, dictionary: secret }), 100)).toBe("INVALID");
    });

    test("refuses what is older than the window", () => {
      const subject = inflater(8);
      const [old, between] = [noise(100, 3), noise(300, 4)];
      for (const message of [old, between]) {
        expect(subject.inflate(deflater().deflate(message), 1_000)).toEqual(message);
      }
      const dictionary = Buffer.concat([old, between]);
      expect(subject.inflate(deflateRawSync(old, { ...SYNC, dictionary }), 1_000)).toBe("INVALID");
    });

    test("gives a message that holds no more memory than its length", () => {
      const message = inflater().inflate(hex("f2 48 cd c9 c9 07 00"), MIB) as Uint8Array;
      expect([message.length, message.buffer.byteLength]).toEqual([5, 5]);
      expect(message.constructor).toBe(Uint8Array);
    });

    test("never throws, whatever the bytes", () => {
      const sequences = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(sequences, fc.integer({ min: 0, max: 300 }), (payloads, maxSize) => {
          const subject = inflater(8);
          for (const payload of payloads) {
            const message = subject.inflate(payload, maxSize);
            if (typeof message !== "string") expect(message.length).toBeLessThanOrEqual(maxSize);
          }
        }),
        { numRuns: 500 },
      );
    });

    test("never throws for data with a flipped bit", () => {
      const plaintext = feed(8).at(-1)!;
      const compressed = deflateRawSync(plaintext, SYNC).subarray(0, -4);
      for (let bit = 0; bit < compressed.length * 8; bit++) {
        const flipped = Uint8Array.from(compressed);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => inflater().inflate(flipped, 2 * plaintext.length)).not.toThrow();
      }
    });
  });

  describe.each(ALL_WINDOW_BITS)("with %i bits, against streams of zlib that do not end", (windowBits) => {
    test("both directions agree message by message", async () => {
      const direction = { windowBits, noContextTakeover: false };
      const peer = new NativeDeflatePeer(direction, direction);
      const [sending, receiving] = [deflater(windowBits), inflater(windowBits)];
      for (const message of [...feed(12), noise(2 ** windowBits + 100), ...feed(3)]) {
        const compressed = sending.deflate(message);
        expect(same(await peer.decode(compressed.subarray(0, -4)), message)).toBe(true);
        sending.append(message);
        expect(same(receiving.inflate((await peer.encode(message))[0]!, message.length), message)).toBe(true);
      }
      peer.close();
    });

    test("random sequences come back", () => {
      const text = fc.string({ unit: fc.constantFrom("a", "b", "cd", "\u{20ac}"), maxLength: 400 }).map(utf8);
      fc.assert(
        fc.property(fc.array(fc.oneof(text, fc.uint8Array({ maxLength: 400 })), { maxLength: 8 }), (messages) => {
          const [sending, receiving] = [deflater(windowBits), inflater(windowBits)];
          for (const message of messages) {
            expect(receiving.inflate(sending.deflate(message), message.length)).toEqual(message);
            sending.append(message);
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}

/** "Hello" in a final block, and again in one that refers to the first. */
function twoFinalBlocks(): string {
  const hello = utf8("Hello");
  const first = deflateRawSync(hello);
  const second = deflateRawSync(hello, { dictionary: hello });
  return `${first.toString("hex")}${second.toString("hex")}00`;
}
