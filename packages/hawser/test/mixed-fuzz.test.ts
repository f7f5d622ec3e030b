/**
 * All ways that messages take through compression, mixed, against one zlib stream each way for each connection; and as many
 * corrupted payloads. `npm run fuzz -- --messages 1000000` runs it at length.
 */

import { appendFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { seeded } from "./deflate-fuzz.ts";
import { type MixedCounts, MixedWorld } from "./mixed-world.ts";

const MESSAGES = Number(process.env["HAWSER_FUZZ_MESSAGES"] ?? 50_000);
const SEED = Number(process.env["HAWSER_FUZZ_SEED"] ?? 1);
/** A file that gets what was counted, a line of JSON. */
const COUNTS = process.env["HAWSER_FUZZ_COUNTS"];

/** Some worlds have all the memory they want, some little, one hardly any; one works in small portions. */
const WORLDS = [
  { memoryBudget: Number.POSITIVE_INFINITY, portion: 32_768 },
  { memoryBudget: Number.POSITIVE_INFINITY, portion: 32_768 },
  { memoryBudget: Number.POSITIVE_INFINITY, portion: 512 },
  { memoryBudget: 150_000, portion: 32_768 },
  { memoryBudget: 30_000, portion: 32_768 },
] as const;
/** Each world is played in two parts, so that a long run shows where it is. */
const PARTS = [0, 1];

describe(`the mixed world, seed ${SEED}`, () => {
  const totals: Record<string, number> = {};
  const add = (counts: MixedCounts) => {
    for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
  };

  describe.each(WORLDS)("with $memoryBudget bytes, portions of $portion", ({ memoryBudget, portion }) => {
    test.each(PARTS)("zlib agrees with every message: part %i", { timeout: 120_000 + 2 * MESSAGES }, async (part) => {
      const index = WORLDS.findIndex((world) => world.memoryBudget === memoryBudget && world.portion === portion);
      const seed = SEED * 5_000_011 + index * 101 + part;
      const world = new MixedWorld(seeded(seed), memoryBudget, portion);
      const steps = Math.ceil(MESSAGES / WORLDS.length / PARTS.length);
      for (let step = 0; step < steps; step++) {
        await world.step().catch((error) => {
          throw new Error(`seed ${seed}, step ${step}: ${error.message}`, { cause: error });
        });
      }
      expect(await world.close(), `seed ${seed}`).toEqual([]);
      add(world.counts);
    });
  });

  afterAll(() => {
    if (COUNTS !== undefined) appendFileSync(COUNTS, `${JSON.stringify({ seed: SEED, ...totals })}\n`);
    for (const [name, count] of Object.entries(totals)) expect(count, name).toBeGreaterThan(0);
    // A distance beyond the window that stays inside zlib's piece of output is its leniency alone
    expect(totals["stricter"]).toBeLessThan(totals["corrupted"]! / 50);
  });
});
