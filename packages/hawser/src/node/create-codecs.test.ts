import { constants, inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createDeflater, createInflater } from "./create-codecs.ts";
import * as deflateEntryPoint from "./deflate.ts";

const MESSAGE = new TextEncoder().encode(JSON.stringify({ symbol: "HWSR", price: 181.5, symbols: ["HWSR", "HWSX"] }));

describe("hawser/deflate", () => {
  test("exports the engine's functions, zlib's engine and the window for another one", () => {
    expect(Object.keys(deflateEntryPoint).sort()).toEqual([
      "SlidingWindow",
      "createDeflater",
      "createInflater",
      "zlibEngine",
    ]);
  });

  test("compresses message after message, for any inflater", () => {
    const deflater = createDeflater({ windowBits: 10 });
    const first = deflater.deflate(MESSAGE);
    deflater.append(MESSAGE);
    const second = deflater.deflate(MESSAGE);
    expect(second.length).toBeLessThan(first.length / 3);
    const both = inflateRawSync(Buffer.concat([first, second]), { finishFlush: constants.Z_SYNC_FLUSH });
    expect(both).toEqual(Buffer.concat([MESSAGE, MESSAGE]));
    const inflater = createInflater({ windowBits: 10 });
    expect(inflater.inflate(first, 1_000)).toEqual(MESSAGE);
    expect(inflater.inflate(second, 1_000)).toEqual(MESSAGE);
    expect([deflater.heldBytes, inflater.heldBytes]).toEqual([256, 256]);
    deflater.reset();
    inflater.reset();
    expect([deflater.heldBytes, inflater.heldBytes]).toEqual([0, 0]);
  });

  test("a window is 15 bits unless told otherwise", () => {
    const noise = Uint8Array.from({ length: 32_000 }, (_, at) => Math.imul(at, 2_654_435_761) >>> 23);
    const deflater = createDeflater();
    deflater.append(noise);
    expect(deflater.deflate(noise.subarray(0, 1_000)).length).toBeLessThan(200);
    deflater.reset();
  });

  test.each(["fast", "balanced", "dense"] as const)("effort %s is a level", (effort) => {
    const level = { fast: 2, balanced: 5, dense: 8 }[effort];
    expect(createDeflater({ effort }).deflate(MESSAGE)).toEqual(createDeflater({ level }).deflate(MESSAGE));
  });

  test.each([
    [{ windowBits: 7 }, RangeError, "windowBits must be an integer from 8 to 15, got 7"],
    [{ windowBits: 12.5 }, RangeError, "windowBits must be an integer from 8 to 15, got 12.5"],
    [{ windowBits: "12" }, TypeError, "windowBits must be an integer from 8 to 15, got 12"],
    [{ level: 0 }, RangeError, "level must be an integer from 1 to 9, got 0"],
    [{ memLevel: 10 }, RangeError, "memLevel must be an integer from 1 to 9, got 10"],
    [{ strategy: "best" }, TypeError, 'strategy must be "default" or "filtered"'],
    [{ effort: "full" }, TypeError, 'effort must be "fast" or "balanced" or "dense", got "full"'],
    [{ effort: "fast", level: 2 }, TypeError, "either effort or level must be given, got both"],
    [{ windowbits: 9 }, TypeError, 'there is no option "windowbits", did you mean "windowBits"?'],
  ])("refuses %j", (options, kind, message) => {
    const create = () => createDeflater(options as never);
    expect(create).toThrow(kind);
    expect(create).toThrow(`Cannot create a deflater: ${message}`);
  });

  test("an inflater refuses a window that is none", () => {
    expect(() => createInflater({ windowBits: 16 })).toThrow(
      new RangeError("Cannot create an inflater: windowBits must be an integer from 8 to 15, got 16"),
    );
  });
});
