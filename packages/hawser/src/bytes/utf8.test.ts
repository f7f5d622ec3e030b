import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BROKEN_UTF8, CUT_UTF8, VALID_UTF8 } from "../../test/support/utf8-samples.ts";
import { incompleteTail, isUtf8, Utf8State, utf8Check, utf8Step } from "./utf8.ts";

const codec = { isUtf8 };

/** The states after each of the pieces that `octets` make when cut at `cuts`. */
function checkInPieces(octets: Uint8Array, cuts: readonly number[]): Utf8State {
  let state: Utf8State = Utf8State.COMPLETE;
  let start = 0;
  for (const end of [...cuts, octets.length]) {
    state = utf8Check(state, octets, start, end, codec);
    start = end;
  }
  return state;
}

/** Whole, at every pair of cuts, and octet by octet. */
function everyWay(octets: Uint8Array): ReadonlySet<Utf8State> {
  const states = new Set([checkInPieces(octets, []), checkInPieces(octets, [...octets.keys()])]);
  for (let first = 0; first <= octets.length; first++) {
    for (let second = first; second <= octets.length; second++) states.add(checkInPieces(octets, [first, second]));
  }
  return states;
}

describe("cut anywhere", () => {
  test.each(VALID_UTF8)("%s is valid", (_name, octets) => {
    expect([...everyWay(octets)]).toEqual([Utf8State.COMPLETE]);
    expect(isUtf8(octets, 0, octets.length)).toBe(true);
  });

  test.each(BROKEN_UTF8)("%s is invalid", (_name, octets) => {
    expect([...everyWay(octets)]).toEqual([Utf8State.INVALID]);
    expect(isUtf8(octets, 0, octets.length)).toBe(false);
  });

  test.each(CUT_UTF8)("%s is neither", (_name, octets) => {
    const states = [...everyWay(octets)];
    expect(states).toHaveLength(1);
    expect(states[0]).toBeGreaterThan(Utf8State.COMPLETE);
    expect(isUtf8(octets, 0, octets.length)).toBe(false);
  });
});

describe("octet by octet", () => {
  test.each([...VALID_UTF8, ...BROKEN_UTF8, ...CUT_UTF8])("%s comes to the same", (_name, octets) => {
    let state: Utf8State = Utf8State.COMPLETE;
    for (const octet of octets) state = state === Utf8State.INVALID ? state : utf8Step(state, octet);
    expect(state).toBe(checkInPieces(octets, []));
  });
});

test("once invalid, nothing makes it valid", () => {
  const letters = new Uint8Array(5).fill(0x61);
  expect(utf8Check(Utf8State.INVALID, letters, 0, 5, codec)).toBe(Utf8State.INVALID);
});

describe("a text is refused at its first wrong octet", () => {
  test.each([
    ["overlong in two", [0xc0]],
    ["overlong in three", [0xe0, 0x9f]],
    ["a surrogate", [0xed, 0xa0]],
    ["overlong in four", [0xf0, 0x8f]],
    ["beyond U+10FFFF", [0xf4, 0x90]],
    ["beyond four octets", [0xf5]],
    ["a letter instead of the second octet", [0xe1, 0x61]],
    ["a first octet instead of the fourth", [0xf1, 0x80, 0x80, 0xc2]],
  ])("%s", (_name, octets) => {
    const states = octets.map((_octet, index) => checkInPieces(Uint8Array.from(octets.slice(0, index + 1)), []));
    expect(states.indexOf(Utf8State.INVALID)).toBe(octets.length - 1);
  });
});

test("every sequence of two octets has the verdict that a strict decoder gives it", () => {
  const different: string[] = [];
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      const octets = Uint8Array.of(first, second);
      const isRefused = checkInPieces(octets, [1]) === Utf8State.INVALID;
      if (isRefused === mayBegin(octets)) different.push(octets.join(" "));
    }
  }
  expect(different).toEqual([]);
});

/** Whether some text begins with these octets: a decoder that may wait for more does not complain. */
function mayBegin(octets: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(octets, { stream: true });
    return true;
  } catch {
    return false;
  }
}

describe("incompleteTail", () => {
  test.each([
    ["nothing", [], 0],
    ["letters", [0x61, 0x62], 2],
    ["a whole character of two", [0x61, 0xc3, 0xa9], 3],
    ["the first of two", [0x61, 0xc3], 1],
    ["the first of three", [0x61, 0xe2], 1],
    ["two of three", [0x61, 0xe2, 0x82], 1],
    ["a whole character of three", [0xe2, 0x82, 0xac], 3],
    ["the first of four", [0xf0], 0],
    ["two of four", [0xf0, 0x9f], 0],
    ["three of four", [0x61, 0xf0, 0x9f, 0x98], 1],
    ["a whole character of four", [0xf0, 0x9f, 0x98, 0x80], 4],
    ["continuations without a beginning", [0x80, 0x80], 2],
  ])("after %s", (_name, octets, expected) => {
    expect(incompleteTail(Uint8Array.from(octets), 0, octets.length)).toBe(expected);
  });

  test("does not look before the start", () => {
    expect(incompleteTail(Uint8Array.of(0xe2, 0x82, 0x82), 1, 3)).toBe(3);
  });
});

/** Octets of the kinds that matter, so that valid sequences come up, and others that are nearly so. */
const octets = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }).map((text) => [...new TextEncoder().encode(text)]),
      fc.constantFrom(...BROKEN_UTF8, ...CUT_UTF8, ...VALID_UTF8).map(([, sample]) => [...sample]),
      fc.array(fc.nat({ max: 255 }), { maxLength: 2 }),
    ),
    { maxLength: 8 },
  )
  .map((runs) => Uint8Array.from(runs.flat()));

test("over any split, the verdict is that of a strict TextDecoder", () => {
  fc.assert(
    fc.property(octets, fc.array(fc.nat({ max: 60 }), { maxLength: 6 }), (sample, places) => {
      const cuts = places.map((place) => Math.min(place, sample.length)).sort((a, b) => a - b);
      expect(checkInPieces(sample, cuts) === Utf8State.COMPLETE).toBe(isText(sample));
    }),
    { numRuns: 500 },
  );
});

function isText(octets: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(octets);
    return true;
  } catch {
    return false;
  }
}
