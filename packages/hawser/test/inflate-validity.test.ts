/**
 * What is DEFLATE data and what is not (RFC 1951), by data written bit by bit: for every engine.
 */

import { afterAll, describe, expect, test } from "vitest";
import { createVectorEngine } from "../src/deflate/vector-engine.ts";
import { zlibEngine } from "../src/node/zlib-engine.ts";
import { BitStream, lengths } from "./bit-stream.ts";
import { createPooledEngine } from "./pooled-engine.ts";

const pooled = createPooledEngine();
afterAll(() => pooled.end());

const ENGINES = [
  ["the vector engine", createVectorEngine()!],
  ["the vector engine in portions", createVectorEngine({ portion: 512 })!],
  ["the zlib engine", zlibEngine],
  ["the zlib pool", pooled],
] as const;

const A = 97;
const END = 256;
const LENGTH_3 = 257;
const LENGTH_258 = 285;

/** "a", the end, and a match of three: codes of two bits, in the order of the symbols. */
const LITERAL_LENGTHS = lengths(258, { [A]: 2, [END]: 2, [LENGTH_3]: 1 });

describe.each(ENGINES)("%s", (_name, engine) => {
  const inflate = (stream: BitStream, windowBits = 15, maxSize = 100_000) =>
    engine.createInflater({ windowBits }).inflate(stream.bytes, maxSize);
  const text = (result: Uint8Array | string) =>
    typeof result === "string" ? result : Buffer.from(result).toString("latin1");

  test.each([
    ["a literal in the fixed code", new BitStream().block(1).fixed(A).fixed(END).end(), "a"],
    [
      "a match that overlaps itself",
      new BitStream().block(1).fixed(A).fixed(LENGTH_258).fixedDistance(0).fixed(END).end(),
      "a".repeat(259),
    ],
    [
      "the longest length with extra bits",
      new BitStream().block(1).fixed(A).fixed(284).number(30, 5).fixedDistance(0).fixed(END).end(),
      "a".repeat(258),
    ],
    [
      "length 258 in another way",
      new BitStream().block(1).fixed(A).fixed(284).number(31, 5).fixedDistance(0).fixed(END).end(),
      "a".repeat(259),
    ],
    ["a stored block", new BitStream().block(0).stored([A, A]).end(), "aa"],
    ["an empty stored block before another", new BitStream().block(0).stored([]).block(0).stored([A]).end(), "a"],
    [
      "a code of its own with one distance",
      new BitStream().block(2).dynamicCodes(LITERAL_LENGTHS, [1]).code(2, 2).code(0, 1).code(0, 1).code(3, 2).end(),
      "aaaa",
    ],
    [
      "a code of its own with no distance",
      new BitStream().block(2).dynamicCodes(LITERAL_LENGTHS, [0]).code(2, 2).code(3, 2).end(),
      "a",
    ],
    [
      "an end of block as the only code",
      new BitStream()
        .block(2)
        .dynamicCodes(lengths(257, { [END]: 1 }), [0])
        .code(0, 1)
        .end(),
      "",
    ],
    [
      "a code of fifteen bits",
      new BitStream().block(2).dynamicCodes(deepCode(), [0]).code(0x7ffe, 15).code(0x7fff, 15).end(),
      String.fromCharCode(14),
    ],
    [
      "a distance code of eleven bits",
      new BitStream()
        .block(2)
        .dynamicCodes(LITERAL_LENGTHS, deepDistances())
        .code(2, 2)
        .code(0, 12 * 2)
        .code(0, 1)
        .code(0x7fe, 11)
        .number(0, 4)
        .code(3, 2)
        .end(),
      "a".repeat(40),
    ],
  ])("%s", (_case, stream, expected) => {
    expect(text(inflate(stream))).toBe(expected);
  });

  test.each([
    ["the reserved kind of block", new BitStream().block(3).end()],
    ["lengths of a stored block that disagree", new BitStream().block(0).stored([A], { complement: 0 }).end()],
    ["a stored block that is longer than the data", new BitStream().block(0).stored([A], { length: 300 })],
    ["length symbol 286", new BitStream().block(1).fixed(A).fixed(286).fixedDistance(0).fixed(END).end()],
    ["length symbol 287", new BitStream().block(1).fixed(A).fixed(287).fixedDistance(0).fixed(END).end()],
    ["distance symbol 30", new BitStream().block(1).fixed(A).fixed(LENGTH_3).fixedDistance(30).fixed(END).end()],
    ["distance symbol 31", new BitStream().block(1).fixed(A).fixed(LENGTH_3).fixedDistance(31).fixed(END).end()],
    [
      "a distance before the first byte",
      new BitStream().block(1).fixed(A).fixed(LENGTH_3).fixedDistance(1).fixed(END).end(),
    ],
    ["a match as the first symbol", new BitStream().block(1).fixed(LENGTH_3).fixedDistance(0).fixed(END).end()],
    [
      "287 literal and length codes",
      new BitStream()
        .block(2)
        .dynamicCodes(lengths(287, { [A]: 2, [END]: 2, [LENGTH_3]: 1 }), [1])
        .code(2, 2)
        .code(3, 2)
        .end(),
    ],
    [
      "31 distance codes",
      new BitStream()
        .block(2)
        .dynamicCodes(LITERAL_LENGTHS, lengths(31, { 0: 1, 1: 1 }))
        .code(2, 2)
        .code(3, 2)
        .end(),
    ],
    [
      "more literal and length codes than there are bits for",
      new BitStream()
        .block(2)
        .dynamicCodes(lengths(258, { [A]: 1, [END]: 1, [LENGTH_3]: 1 }), [1])
        .end(),
    ],
    [
      "literal and length codes that leave a gap",
      new BitStream()
        .block(2)
        .dynamicCodes(lengths(258, { [A]: 2, [END]: 2 }), [1])
        .end(),
    ],
    [
      "an only code of two bits",
      new BitStream()
        .block(2)
        .dynamicCodes(lengths(257, { [END]: 2 }), [0])
        .end(),
    ],
    [
      "more distance codes than there are bits for",
      new BitStream().block(2).dynamicCodes(LITERAL_LENGTHS, [1, 1, 1]).end(),
    ],
    ["distance codes that leave a gap", new BitStream().block(2).dynamicCodes(LITERAL_LENGTHS, [2, 2]).end()],
    [
      "a block without an end",
      new BitStream()
        .block(2)
        .dynamicCodes(lengths(258, { [A]: 1, [LENGTH_3]: 1 }), [1])
        .end(),
    ],
    [
      "a match where there is no distance code",
      new BitStream().block(2).dynamicCodes(LITERAL_LENGTHS, [0]).code(2, 2).code(0, 1).code(0, 1).code(3, 2).end(),
    ],
    [
      "the unused half of a single distance code",
      new BitStream().block(2).dynamicCodes(LITERAL_LENGTHS, [1]).code(2, 2).code(0, 1).code(1, 1).code(3, 2).end(),
    ],
    ["a repetition with nothing before it", codeLengths([[16, 0]])],
    [
      "a repetition beyond the last code",
      codeLengths([
        [18, 127],
        [18, 127],
        [0, 0],
      ]),
    ],
    [
      "code length codes that leave a gap",
      new BitStream().block(2).number(0, 5).number(0, 5).number(0, 4).number(2, 3).number(0, 9).end(),
    ],
    [
      "more code length codes than there are bits for",
      new BitStream()
        .block(2)
        .number(0, 5)
        .number(0, 5)
        .number(0, 4)
        .number(1, 3)
        .number(1, 3)
        .number(1, 3)
        .number(0, 3)
        .end(),
    ],
    ["data that ends within a block", new BitStream().block(1).fixed(A).fixed(A)],
    ["data that ends within a block's header", new BitStream().block(2).number(0, 5)],
    [
      "a block's end, and nothing behind it",
      new BitStream().block(1).fixed(200).fixed(200).fixed(200).fixed(200).fixed(200).fixed(200).fixed(END),
    ],
  ])("refuses %s", (_case, stream) => {
    expect(inflate(stream)).toBe("INVALID");
  });

  test("counts every way to make bytes against maxSize", () => {
    const ways = [
      new BitStream().block(1).fixed(A).fixed(A).fixed(A).fixed(A).fixed(END).end(),
      new BitStream().block(1).fixed(A).fixed(LENGTH_3).fixedDistance(0).fixed(END).end(),
      new BitStream().block(0).stored([A, A, A, A]).end(),
      new BitStream().block(0).stored([A, A]).block(1).fixed(A).fixed(A).fixed(END).end(),
    ];
    for (const stream of ways) {
      expect(text(inflate(stream, 15, 4))).toBe("aaaa");
      for (const maxSize of [0, 1, 3]) expect(inflate(stream, 15, maxSize)).toBe("TOO_BIG");
    }
  });
});

test.each([8, 9, 12, 15])("a distance beyond a window of %i bits is refused within one message too", (windowBits) => {
  const size = 2 ** windowBits;
  const bytes = Array.from({ length: size + 1 }, (_, at) => at & 0xff);
  const inflate = (beyond: number) => {
    const symbol = 2 * windowBits - 1;
    // The last distance of the largest symbol that fits is the window's size; the next symbol's first is beyond it
    const stream = new BitStream().block(0).stored(bytes).block(1).fixed(LENGTH_3);
    if (beyond === 0) stream.fixedDistance(symbol).number(0xffff, windowBits - 2);
    else stream.fixedDistance(symbol + 1).number(0, windowBits - 1);
    return createVectorEngine()!.createInflater({ windowBits }).inflate(stream.fixed(END).end().bytes, 100_000);
  };
  expect((inflate(0) as Uint8Array).length).toBe(size + 4);
  expect(inflate(1)).toBe("INVALID");
});

/** Lengths 1 to 14, and two codes of 15 bits: the literals 0 to 14, and the end. */
function deepCode(): number[] {
  return lengths(257, { ...Object.fromEntries(Array.from({ length: 15 }, (_, at) => [at, at + 1])), [END]: 15 });
}

/** Distances whose codes have 1 to 11 bits, and a second one of 11. */
function deepDistances(): number[] {
  return [...Array.from({ length: 11 }, (_, at) => at + 1), 11];
}

/** A dynamic block of 257 and 1 codes, whose lengths are these symbols with their extra bits; 0, 16, 17 and 18 have codes. */
function codeLengths(symbols: readonly (readonly [number, number])[]): BitStream {
  const stream = new BitStream().block(2).number(0, 5).number(0, 5).number(0, 4);
  // In their order: 16, 17, 18, 0
  for (let index = 0; index < 4; index++) stream.number(2, 3);
  for (const [symbol, extra] of symbols) {
    stream.code({ 0: 0, 16: 1, 17: 2, 18: 3 }[symbol]!, 2);
    if (symbol >= 16) stream.number(extra, { 16: 2, 17: 3, 18: 7 }[symbol]!);
  }
  return stream.end();
}
