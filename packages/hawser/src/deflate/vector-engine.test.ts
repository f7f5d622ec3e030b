import { describe, expect, test } from "vitest";
import { deflateEngineContract } from "../../test/deflate-engine-contract.ts";
import { restingEngine } from "../../test/resting-engine.ts";
import { createVectorEngine } from "./vector-engine.ts";

const engine = createVectorEngine()!;

describe("the vector engine", () => {
  deflateEngineContract(engine);

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("level %i makes messages no larger than their fixed code", (level) => {
    const message = new TextEncoder().encode(
      JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ id, even: id % 2 }))),
    );
    const compressed = engine.createDeflater({ windowBits: 12, level }).deflate(message);
    expect(compressed.length).toBeLessThan(message.length / 4);
  });

  test("a higher level finds more, and a larger memLevel too", () => {
    const lines = Array.from(
      { length: 300 },
      (_, id) => `${(id * 7_919) % 1_013} "GET /orders/${(id * 31) % 97}" 200\n`,
    );
    const message = new TextEncoder().encode(lines.join(""));
    const size = (level: number, memLevel: number) =>
      engine.createDeflater({ windowBits: 15, level, memLevel }).deflate(message).length;
    expect(size(9, 8)).toBeLessThan(size(1, 8));
    expect(size(6, 8)).toBeLessThan(size(6, 1));
  });

  test("windows are given back by reset, and nothing is held for what was not appended", () => {
    const deflater = engine.createDeflater({ windowBits: 12 });
    deflater.deflate(new Uint8Array(5_000));
    expect(deflater.heldBytes).toBe(0);
    deflater.append(new Uint8Array(600));
    expect(deflater.heldBytes).toBe(1_024);
    deflater.append(new Uint8Array(50_000));
    expect(deflater.heldBytes).toBe(4_096);
    deflater.reset();
    expect(deflater.heldBytes).toBe(0);
  });

  test("a message that inflates to more than maxSize takes no more memory than that", () => {
    const deflater = engine.createDeflater({ windowBits: 15 });
    const bomb = deflater.deflate(new Uint8Array(4_000_000));
    expect(engine.createInflater({ windowBits: 15 }).inflate(bomb, 3_999_999)).toBe("TOO_BIG");
    expect((engine.createInflater({ windowBits: 15 }).inflate(bomb, 4_000_000) as Uint8Array).length).toBe(4_000_000);
  });
});

describe("the vector engine in portions of 512 bytes", () => {
  deflateEngineContract(createVectorEngine({ portion: 512 })!);
});

describe("the vector engine with windows that are frozen between any two calls", () => {
  deflateEngineContract(restingEngine(createVectorEngine()!));
});

describe.each([0, 5_000])("the vector engine with %i bytes for windows", (memoryBudget) => {
  deflateEngineContract(createVectorEngine({ memoryBudget })!, { keepsWindows: false });
});
