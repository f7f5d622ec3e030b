/**
 * A long run of messages to audiences and to single connections, in any order, against one zlib stream for each connection.
 * `npm run fuzz` runs it at length.
 */

import { describe, expect, test } from "vitest";
import type { DeflateEngine } from "../src/deflate/engine.ts";
import { createVectorEngine } from "../src/deflate/vector-engine.ts";
import { zlibEngine } from "../src/node/zlib-engine.ts";
import { AudienceWorld, type MemberSettings, type Step } from "./audience-world.ts";
import { type Chance, makeMessage, seeded } from "./deflate-fuzz.ts";

const MESSAGES = Number(process.env["HAWSER_FUZZ_MESSAGES"] ?? 50_000);
const SEED = Number(process.env["HAWSER_FUZZ_SEED"] ?? 1);

const MEMBERS = 8;
const AUDIENCES = 3;
const ALL_WINDOW_BITS = [8, 9, 10, 11, 12, 13, 14, 15];
/** More than half of them are broadcasts: some 5,000 for each engine in every run of the tests. */
const STEPS = Math.ceil(MESSAGES / 50);

const ENGINES: readonly [string, DeflateEngine][] = [
  ["the vector engine", createVectorEngine()!],
  ["the vector engine in small portions", createVectorEngine({ portion: 512 })!],
  ["zlib", zlibEngine],
];

/** Most are small, so that windows are filled by many; some are several windows long. */
function payload(chance: Chance, windowBits: number, history: Uint8Array[]): Uint8Array {
  const kind = chance(20);
  const message = makeMessage(chance, history);
  const size = kind === 0 ? 3 << windowBits : kind === 1 ? 0 : Math.max(40, 1 << (windowBits - 3));
  const cut = message.subarray(0, size);
  history.push(cut);
  if (history.length > 60) history.shift();
  return cut;
}

function wish(chance: Chance): { compress?: boolean } {
  const kind = chance(12);
  return kind < 10 ? {} : { compress: kind === 10 };
}

function makeStep(chance: Chance, message: () => Uint8Array): Step {
  const member = chance(MEMBERS);
  const audience = chance(4) === 0 ? chance(AUDIENCES) : 0;
  const kind = chance(40);
  if (kind < 24) {
    const missing = chance(3) === 0 ? chance(1 << MEMBERS) : 0;
    const nested = chance(30) === 0 ? { nestedAfter: chance(MEMBERS) } : {};
    const compress = chance(8) === 0 ? { compress: true } : {};
    return { kind: "broadcast", audience, message: message(), missing, ...nested, ...compress };
  }
  if (kind < 30) return { kind: "own", member, message: message(), ...wish(chance) };
  if (kind < 32) return { kind: "begin", member, message: message() };
  if (kind < 36) return { kind: "finish", member, message: message() };
  if (kind < 39) return { kind: chance(3) === 0 ? "exit" : "enter", audience, member };
  return { kind: "close", member };
}

function memberSettings(chance: Chance, windowBits: number, index: number): MemberSettings {
  // One has another window, one has none
  return {
    windowBits: index === 0 ? 8 + chance(8) : windowBits,
    noContextTakeover: index === 1,
    threshold: chance(2) * 32,
  };
}

describe.each(ENGINES)(`%s, seed ${SEED}`, (_name, engine) => {
  test.each(ALL_WINDOW_BITS)(
    "with %i bits, every connection understands all it is sent",
    { timeout: 60_000 + MESSAGES },
    (bits) => {
      const seed = SEED * 4_000_037 + bits;
      const chance = seeded(seed);
      const settings = Array.from({ length: MEMBERS }, (_, index) => memberSettings(chance, bits, index));
      const world = new AudienceWorld(settings, AUDIENCES, engine);
      const history: Uint8Array[] = [];
      for (let step = 0; step < STEPS; step++) world.play(makeStep(chance, () => payload(chance, bits, history)));
      expect(world.faults(), `seed ${seed}`).toEqual([]);
      world.close();
    },
  );
});
