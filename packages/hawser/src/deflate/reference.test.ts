import { describe, expect, test } from "vitest";
import { References } from "./reference.ts";

const TEXT = new Uint8Array(8_192).fill(1);

/** Texts that are compressed against whatever is current. */
function learn(references: References, texts: number, compressed: number): void {
  for (let text = 0; text < texts; text++) {
    const { current } = references;
    references.hold(current);
    references.learn(TEXT, compressed);
    references.letGo(current);
  }
}

describe("references", () => {
  test("there is none until texts have given samples for it", () => {
    const references = new References(Number.POSITIVE_INFINITY);
    learn(references, 6, 1_000);
    expect([references.current.length, references.heldBytes]).toEqual([0, 0]);
    learn(references, 1, 1_000);
    expect([references.current.length, references.heldBytes]).toEqual([28_672, 28_672]);
  });

  test("one takes no more than a sixteenth of the budget, and a small budget has none", () => {
    const small = new References(16 * 5_000);
    learn(small, 10, 1_000);
    expect(small.heldBytes).toBe(5_000);
    const tiny = new References(16 * 1_000);
    learn(tiny, 200, 1_000);
    expect(tiny.heldBytes).toBe(0);
  });

  test("it is the newest plaintext of the texts, and does not change", () => {
    const references = new References(Number.POSITIVE_INFINITY);
    for (let text = 1; text <= 7; text++) references.learn(new Uint8Array(6_000).fill(text), 1_000);
    const memory = new Uint8Array(30_000);
    references.current.copyTo(memory, 29_000);
    expect([...memory.subarray(328, 329), memory[4_423], memory[4_424], memory[28_999], memory[29_000]]).toEqual([
      1, 1, 2, 7, 0,
    ]);
  });

  test("another is made when texts become larger by a quarter than they were at first", () => {
    const references = new References(Number.POSITIVE_INFINITY);
    learn(references, 7, 1_000);
    const first = references.current;
    learn(references, 64, 1_000);
    learn(references, 64, 1_200);
    learn(references, 7, 1_300);
    expect(references.current).toBe(first);
    learn(references, 57 + 7, 1_300);
    expect(references.current).not.toBe(first);
    // Nobody needs the first one any more
    expect(references.heldBytes).toBe(28_672);
  });

  test("the old one is kept while a text needs it", () => {
    const references = new References(Number.POSITIVE_INFINITY);
    learn(references, 7, 1_000);
    const first = references.current;
    references.hold(first);
    learn(references, 64, 1_000);
    learn(references, 64 + 7, 2_000);
    expect(references.heldBytes).toBe(2 * 28_672);
    references.letGo(first);
    expect(references.heldBytes).toBe(28_672);
  });

  test("there are four at most, however the traffic changes", () => {
    const references = new References(Number.POSITIVE_INFINITY);
    learn(references, 7, 1_000);
    for (let change = 0; change < 20; change++) {
      references.hold(references.current);
      learn(references, 64, 100);
      learn(references, 64 + 7, 7_000);
    }
    expect(references.heldBytes).toBe(4 * 28_672);
  });
});
