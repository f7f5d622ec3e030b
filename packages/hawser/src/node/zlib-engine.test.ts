import { inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { distancesOf } from "../../test/deflate-distances.ts";
import { deflateEngineContract } from "../../test/deflate-engine-contract.ts";
import { zlibEngine } from "./zlib-engine.ts";

describe("the zlib engine", () => {
  deflateEngineContract(zlibEngine);

  test("with a window of 8 bits reaches back 250 bytes at most, and a window of 256 bytes inflates it", () => {
    const deflater = zlibEngine.createDeflater({ windowBits: 8 });
    const message = Buffer.from("0123456789abcdefghijklmnopqrstuvwxyz".repeat(20));
    const farthest = Buffer.concat([message.subarray(0, 20), Buffer.alloc(230, "."), message.subarray(0, 20)]);
    for (const payload of [message, farthest, message, farthest]) {
      const compressed = deflater.deflate(payload);
      expect(Math.max(...distancesOf(compressed))).toBeLessThanOrEqual(250);
      deflater.append(payload);
    }
    // Pieces of 64 bytes, so that zlib takes what lies further back from its window
    const alone = zlibEngine.createDeflater({ windowBits: 8 }).deflate(message);
    const ended = Buffer.concat([alone, Buffer.from("0300", "hex")]);
    expect(inflateRawSync(ended, { windowBits: 8, chunkSize: 64 })).toEqual(message);
  });

  test("throws for settings that zlib does not know: they are not the peer's", () => {
    const inflater = zlibEngine.createInflater({ windowBits: 77 });
    expect(() => inflater.inflate(Uint8Array.of(0), 1)).toThrow(RangeError);
  });
});
