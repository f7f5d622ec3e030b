/** What becomes of windows when memory cannot be had: whoever asked for it loses its own, and nobody else anything. */

import { afterEach, describe, expect, test, vi } from "vitest";
import { coolDown } from "../../test/resting-engine.ts";
import { createVectorEngine, type VectorEngine } from "./vector-engine.ts";

interface Resizable {
  resize(length: number): void;
}

const CONNECTIONS = 60;
const WINDOW_BITS = [9, 12, 15];

afterEach(() => void vi.restoreAllMocks());

/** From now on memory cannot be had, except that so many requests are granted, for so many more. */
function memoryFails(granted: number, failures: number): void {
  const { resize } = ArrayBuffer.prototype as unknown as Resizable;
  let requests = 0;
  vi.spyOn(ArrayBuffer.prototype as unknown as Resizable, "resize").mockImplementation(function (
    this: ArrayBuffer,
    length: number,
  ) {
    const isGrowing = length > this.byteLength;
    if (isGrowing && requests++ >= granted && requests <= granted + failures) {
      throw new RangeError("Array buffer allocation failed");
    }
    resize.call(this, length);
  });
}

/** Text that is nobody else's, and shrinks. */
function text(seed: number, length: number): Uint8Array {
  const words = `connection ${seed} says ${seed * 7_919} and `;
  return Uint8Array.from({ length }, (_, at) => words.charCodeAt((at + (at >> 7)) % words.length));
}

/** Both windows of a connection, and what is in them by another account. */
class Witness {
  readonly inflater;
  readonly deflater;
  readonly #size: number;
  readonly #seed: number;
  #received = Buffer.alloc(0);
  #sent = Buffer.alloc(0);
  isGone = false;

  constructor(engine: VectorEngine, seed: number) {
    const windowBits = WINDOW_BITS[seed % WINDOW_BITS.length]!;
    this.#seed = seed;
    this.#size = 1 << windowBits;
    this.inflater = engine.createInflater({ windowBits });
    this.deflater = engine.createDeflater({ windowBits }, this.inflater);
  }

  /** Receives or sends something. If that fails, the connection ends. */
  use(step: number): void {
    if (this.isGone) return;
    const bytes = text(this.#seed, 200 + ((step * 613) % 3_000));
    try {
      if (step % 2 === 0) {
        this.inflater.append(bytes);
        this.#received = Buffer.concat([this.#received, bytes]);
      } else {
        this.deflater.append(bytes);
        this.#sent = Buffer.concat([this.#sent, bytes]);
      }
    } catch {
      this.end();
    }
  }

  end(): void {
    this.isGone = true;
    this.inflater.reset();
    this.deflater.reset();
  }

  check(): void {
    if (this.isGone) return;
    const received = Buffer.from(this.inflater.copyWindow());
    expect(received.equals(this.#received.subarray(-this.#size)), `connection ${this.#seed}`).toBe(true);
    // A sender may keep less
    const sent = Buffer.from(this.deflater.copyWindow());
    expect(sent.length).toBeLessThanOrEqual(this.#size);
    expect(sent.equals(this.#sent.subarray(this.#sent.length - sent.length)), `connection ${this.#seed}`).toBe(true);
  }
}

/** Uses the windows in turn, which become cold now and then. */
function play(engine: VectorEngine, witnesses: readonly Witness[], rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    for (const [index, witness] of witnesses.entries()) if ((index + round) % 3 !== 0) witness.use(round * 7 + index);
    if (round % 2 === 1) coolDown(engine.space);
  }
}

describe.each([Number.POSITIVE_INFINITY, 400_000])(
  "memory that cannot be had, a budget of %d bytes",
  (memoryBudget) => {
    test.each([0, 1, 2, 3, 5, 8, 13, 21, 34, 55])("at request %i takes nothing from others", (granted) => {
      const engine = createVectorEngine({ memoryBudget })!;
      const witnesses = Array.from({ length: CONNECTIONS }, (_, seed) => new Witness(engine, seed));
      play(engine, witnesses, 2);
      for (const failures of [1, 3, 1_000]) {
        memoryFails(granted, failures);
        play(engine, witnesses, 4);
        vi.restoreAllMocks();
        for (const witness of witnesses) witness.check();
      }
      play(engine, witnesses, 4);
      for (const witness of witnesses) witness.check();
      for (const witness of witnesses) witness.end();
      expect(engine.space.metrics()).toMatchObject({ windows: 0, coldWindows: 0, coldBytes: 0 });
      expect(engine.space.isAwake).toBe(false);
    });
  },
);
