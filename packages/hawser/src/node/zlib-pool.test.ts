import { constants, deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { deflateEngineContract } from "../../test/deflate-engine-contract.ts";
import { createPooledEngine } from "../../test/pooled-engine.ts";
import { zlibPool } from "./zlib-pool.ts";

const NOTHING = new Uint8Array(0);
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH };

/** JSON that shrinks to an eighth or so. */
function records(count: number): Uint8Array {
  return Buffer.from(JSON.stringify(Array.from({ length: count }, (_, id) => ({ id, name: `item ${id * 7_919}` }))));
}

function same(actual: Uint8Array | string, expected: Uint8Array): boolean {
  return typeof actual !== "string" && Buffer.compare(actual, expected) === 0;
}

describe("the zlib pool as an engine", () => {
  const engine = createPooledEngine();
  afterAll(() => engine.end());
  deflateEngineContract(engine);
});

describe("the zlib pool", () => {
  test("takes several megabytes in pieces", async () => {
    const message = records(200_000);
    const compressed = await zlibPool.deflate(message, NOTHING, { windowBits: 12, memLevel: 5 });
    expect(message.length).toBeGreaterThan(4_000_000);
    expect(same(await zlibPool.inflate(compressed, NOTHING, 12, message.length), message)).toBe(true);
    await expect(zlibPool.inflate(compressed, NOTHING, 12, message.length - 1)).resolves.toBe("TOO_BIG");
  });

  test("gives a message that holds no more memory than its length", async () => {
    const compressed = deflateRawSync(records(1_000), SYNC);
    const message = (await zlibPool.inflate(compressed, NOTHING, 15, 1_000_000)) as Uint8Array;
    expect(message.buffer.byteLength).toBe(message.length);
    expect(message.constructor).toBe(Uint8Array);
  });

  test("large stretches between final blocks, and small ones", async () => {
    const parts = [records(20_000), records(1), records(3), records(20_000)];
    const blocks = parts.map((part) => deflateRawSync(part));
    const compressed = Buffer.concat([...blocks, Buffer.of(0)]);
    expect(same(await zlibPool.inflate(compressed, NOTHING, 15, 10_000_000), Buffer.concat(parts))).toBe(true);
  });

  test("neither the payload nor the window is changed", async () => {
    const [payload, window] = [records(5_000), records(50)];
    const before = [Buffer.from(payload), Buffer.from(window)];
    const compressed = await zlibPool.deflate(payload, window, { windowBits: 12 });
    await zlibPool.inflate(compressed, window, 12, payload.length);
    expect([payload, window]).toEqual(before);
  });

  test("many messages at once keep their own bytes", async () => {
    const messages = Array.from({ length: 20 }, (_, index) => records(100 + index));
    const roundTrips = messages.map(async (message) => {
      const compressed = await zlibPool.deflate(message, NOTHING, { windowBits: 9 });
      return zlibPool.inflate(compressed, NOTHING, 9, message.length);
    });
    const received = await Promise.all(roundTrips);
    expect(received.every((message, index) => same(message, messages[index]!))).toBe(true);
  });

  test("bytes that other threads may see are taken too", async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(100_000)).fill(97);
    const compressed = await zlibPool.deflate(shared, NOTHING, { windowBits: 12 });
    expect(same(await zlibPool.inflate(compressed, NOTHING, 12, shared.length), shared)).toBe(true);
  });

  test("settings that zlib does not know are our own bug, and cost no later message its turn", async () => {
    for (let count = 0; count < 10; count++) {
      await expect(zlibPool.deflate(NOTHING, NOTHING, { windowBits: 77 })).rejects.toThrow(RangeError);
      await expect(zlibPool.inflate(Uint8Array.of(0), NOTHING, 77, 1)).rejects.toThrow(RangeError);
    }
    await expect(zlibPool.inflate(Uint8Array.of(0), NOTHING, 15, 1)).resolves.toEqual(NOTHING);
  });
});
