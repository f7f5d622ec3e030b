/**
 * Differential fuzzing of the DEFLATE engine against zlib. `npm run fuzz -- --messages 1000000` runs it at length.
 */

import { afterAll, describe, expect, test } from "vitest";
import type { DeflateEngine } from "../src/deflate/engine.ts";
import { createVectorEngine } from "../src/deflate/vector-engine.ts";
import { zlibEngine } from "../src/node/zlib-engine.ts";
import {
  type Chance,
  compareReceiving,
  compareSending,
  corrupt,
  equal,
  makeMessage,
  makeSettings,
  seeded,
} from "./deflate-fuzz.ts";
import { restingEngine } from "./resting-engine.ts";

const MESSAGES = Number(process.env["HAWSER_FUZZ_MESSAGES"] ?? 25_000);
const SEED = Number(process.env["HAWSER_FUZZ_SEED"] ?? 1);

const MESSAGES_OF_A_CONNECTION = 50;
/** Connections are compared in slices, so that a long run shows where it is. */
const SLICES = 10;
const CANARY = Buffer.from("~canary of another connection~");

const engine = createVectorEngine()!;
const smallEngine = createVectorEngine({ portion: 512 })!;
/** Every call finds windows that are frozen, or that were given up. */
const coldEngine = restingEngine(createVectorEngine()!);
const poorEngine = createVectorEngine({ memoryBudget: 20_000 })!;

/** Cold and poor ones seldom: they take their time. */
const ENGINES: readonly DeflateEngine[] = [
  ...Array<DeflateEngine>(7).fill(engine),
  ...Array<DeflateEngine>(3).fill(smallEngine),
  coldEngine,
  poorEngine,
];

function engineOf(chance: Chance): DeflateEngine {
  return ENGINES[chance(ENGINES.length)]!;
}

function makeMessages(chance: Chance): Uint8Array[] {
  const messages: Uint8Array[] = [];
  while (messages.length < MESSAGES_OF_A_CONNECTION) messages.push(makeMessage(chance, messages));
  return messages;
}

const connections = Math.ceil(MESSAGES / MESSAGES_OF_A_CONNECTION / SLICES / 2);
const slices = Array.from({ length: SLICES }, (_, slice) => slice);
const timeout = 60_000 + MESSAGES;

describe(`the vector engine against zlib's streams, seed ${SEED}`, () => {
  test.each(slices)("sends what they understand: slice %i", { timeout }, (slice) => {
    for (let connection = 0; connection < connections; connection++) {
      const seed = SEED * 1_000_003 + slice * 100_003 + connection;
      const chance = seeded(seed);
      const settings = makeSettings(chance);
      expect(compareSending(engineOf(chance), settings, makeMessages(chance)), `seed ${seed}`).toBeUndefined();
    }
  });

  test.each(slices)("understands what they send: slice %i", { timeout }, async (slice) => {
    for (let connection = 0; connection < connections; connection++) {
      const seed = SEED * 2_000_003 + slice * 100_003 + connection;
      const chance = seeded(seed);
      const settings = makeSettings(chance);
      const fault = await compareReceiving(engineOf(chance), settings, makeMessages(chance));
      expect(fault, `seed ${seed}`).toBeUndefined();
    }
  });
});

describe(`corrupted payloads, seed ${SEED}`, () => {
  const seen = { accepted: 0, refused: 0, stricter: 0 };

  test.each(slices)("nothing is accepted that zlib refuses: slice %i", { timeout }, (slice) => {
    const rounds = Math.ceil(MESSAGES / SLICES / 25);
    for (let round = 0; round < rounds; round++) {
      const seed = SEED * 3_000_017 + slice * 100_003 + round;
      attack(seeded(seed), seed, seen);
    }
  });

  afterAll(() => {
    expect(seen.refused).toBeGreaterThan(seen.accepted / 10);
    expect(seen.accepted).toBeGreaterThan(0);
    // A distance beyond the window that stays inside zlib's piece of output is its leniency alone
    expect(seen.stricter).toBeLessThan((seen.accepted + seen.refused) / 50);
  });
});

/** One connection's payloads, 25 corruptions of them, each after another connection filled the codec's memory with canaries. */
function attack(chance: Chance, seed: number, seen: { accepted: number; refused: number; stricter: number }): void {
  const settings = makeSettings(chance);
  const used = engineOf(chance);
  const deflater = used.createDeflater(settings);
  const bystander = used.createInflater({ windowBits: 15 });
  const canaries = used
    .createDeflater({ windowBits: 15 })
    .deflate(new Uint8Array(40_000).map((_, at) => CANARY[at % CANARY.length]!));
  const messages = Array.from({ length: 4 }, () => makeMessage(chance, []).subarray(0, 3_000));
  const payloads = messages.map((message) => {
    const payload = deflater.deflate(message);
    deflater.append(message);
    return payload;
  });
  for (let corruption = 0; corruption < 25; corruption++) {
    const inflater = used.createInflater(settings);
    const oracle = zlibEngine.createInflater(settings);
    const whole = chance(payloads.length);
    for (const [index, payload] of payloads.slice(0, whole).entries()) {
      inflater.inflate(payload, messages[index]!.length);
      oracle.inflate(payload, messages[index]!.length);
    }
    bystander.inflate(canaries, 40_000);
    const payload = corrupt(chance, payloads[whole]!, payloads[chance(payloads.length)]!);
    const maxSize = chance(8) === 0 ? chance(500) : 100_000;
    const result = inflater.inflate(payload, maxSize);
    const expected = oracle.inflate(payload, maxSize);
    inflater.reset();
    if (typeof result === "string") {
      seen.refused++;
      if (typeof expected !== "string") seen.stricter++;
      continue;
    }
    seen.accepted++;
    const agrees = typeof expected !== "string" && equal(result, expected) && result.length <= maxSize;
    if (!agrees || Buffer.from(result).includes(CANARY)) {
      expect.fail(
        `seed ${seed}, corruption ${corruption}: accepted ${result.length} bytes, zlib has ${expected.length}`,
      );
    }
  }
  bystander.reset();
  deflater.reset();
}
