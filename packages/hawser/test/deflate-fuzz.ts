/**
 * Messages and connections made up by chance, the same for the same seed, to compare DEFLATE engines with zlib's streams.
 */

import { constants, createDeflateRaw, type DeflateRaw, inflateRawSync } from "node:zlib";
import type { DeflateEngine, DeflateStrategy } from "../src/deflate/engine.ts";

const STRATEGIES: readonly DeflateStrategy[] = ["default", "filtered", "huffmanOnly", "rle", "fixed"];
const TAIL_SIZE = 4;

/** Numbers from 0 up to, not including, a limit. */
export type Chance = (limit: number) => number;

export function seeded(seed: number): Chance {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % limit;
  };
}

const WORDS = "sequence,topic,prices,payload,author,message,room,identifier,timestamp,value,true,false,null".split(",");

function record(chance: Chance): Uint8Array {
  const fields = Array.from({ length: 1 + chance(12) }, () => [WORDS[chance(WORDS.length)], chance(100_000)]);
  return new TextEncoder().encode(JSON.stringify({ id: chance(1_000_000), ...Object.fromEntries(fields) }));
}

/** Most are small; a few go through any engine in several portions. */
function length(chance: Chance): number {
  const kind = chance(100);
  if (kind < 70) return chance(500);
  return kind < 98 ? chance(4_000) : chance(90_000);
}

function period(chance: Chance): Uint8Array {
  const pattern = Array.from({ length: 1 + chance(30) }, () => chance(256));
  return Uint8Array.from({ length: length(chance) }, (_, index) => pattern[index % pattern.length]!);
}

function letters(chance: Chance): Uint8Array {
  const kinds = 1 + chance(20);
  return Uint8Array.from({ length: length(chance) }, () => 97 + Math.min(chance(kinds), chance(kinds)));
}

/** Parts of what came before, near and far, with other bytes in between. */
function quotation(chance: Chance, history: readonly Uint8Array[]): Uint8Array {
  const parts = Array.from({ length: 1 + chance(8) }, () => {
    const source = history[chance(history.length)] ?? new Uint8Array(0);
    const start = chance(source.length + 1);
    return [...source.subarray(start, start + chance(400)), ...Array.from({ length: chance(4) }, () => chance(256))];
  });
  return Uint8Array.from(parts.flat());
}

export function makeMessage(chance: Chance, history: readonly Uint8Array[]): Uint8Array {
  const kind = chance(10);
  if (kind < 4) return record(chance);
  if (kind < 7) return quotation(chance, history);
  if (kind === 7) return period(chance);
  if (kind === 8) return letters(chance);
  return Uint8Array.from({ length: chance(600) }, () => chance(256));
}

export interface Settings {
  readonly windowBits: number;
  readonly level: number;
  readonly memLevel: number;
  readonly strategy: DeflateStrategy;
}

export function makeSettings(chance: Chance): Settings {
  const strategy = STRATEGIES[Math.max(chance(12) - 7, 0)]!;
  return { windowBits: 8 + chance(8), level: 1 + chance(9), memLevel: 1 + chance(9), strategy };
}

/** Sends messages through the engine to one zlib stream, and back through the engine. Returns what went wrong. */
export function compareSending(
  engine: DeflateEngine,
  settings: Settings,
  messages: readonly Uint8Array[],
): string | undefined {
  const deflater = engine.createDeflater(settings);
  const inflater = engine.createInflater(settings);
  const bystander = engine.createDeflater(settings);
  // Has the same window: what it compresses stands in the same stream, as a broadcast does
  const twin = engine.createDeflater(settings);
  const stream: Uint8Array[] = [];
  for (const [index, message] of messages.entries()) {
    // Between some messages the engine works for another connection
    if (index % 3 === 2) bystander.deflate(message);
    const compressed = (index % 5 === 3 ? twin : deflater).deflate(message);
    // Every seventh is sent as it is after all
    if (index % 7 === 6) continue;
    deflater.append(message);
    twin.append(message);
    stream.push(compressed);
    const own = inflater.inflate(index % 2 === 0 ? compressed : compressed.subarray(0, -TAIL_SIZE), message.length);
    if (!equal(own, message)) return `message ${index} of ${message.length} bytes does not come back`;
  }
  const sent = messages.filter((_, index) => index % 7 !== 6);
  for (const one of [deflater, twin, inflater]) one.reset();
  const plaintext = inflateRawSync(Buffer.concat(stream), {
    windowBits: settings.windowBits,
    finishFlush: constants.Z_SYNC_FLUSH,
    // Less than the window, so that zlib cannot take from its output what is no longer in the window
    chunkSize: Math.max(1 << (settings.windowBits - 2), 64),
  });
  return equal(plaintext, Buffer.concat(sent)) ? undefined : "zlib's stream has other bytes";
}

/** A stream of zlib's that compresses, as long as a connection lasts. */
export function createZlibStream({ windowBits, level, memLevel, strategy }: Settings): DeflateRaw {
  // zlib makes 9 bits of 8, and reaches no further than 250 bytes with them
  const bits = Math.max(windowBits, 9);
  return createDeflateRaw({ windowBits: bits, level, memLevel, strategy: STRATEGIES.indexOf(strategy) });
}

/** Receives messages that one zlib stream compressed, some in several fragments. Returns what went wrong. */
export async function compareReceiving(
  engine: DeflateEngine,
  settings: Settings,
  messages: readonly Uint8Array[],
): Promise<string | undefined> {
  const stream = createZlibStream(settings);
  const inflater = engine.createInflater({ windowBits: settings.windowBits });
  for (const [index, message] of messages.entries()) {
    const compressed = await compressedBy(stream, message, 1 + (index % 3));
    const payload = index % 2 === 0 ? compressed.subarray(0, -TAIL_SIZE) : compressed;
    if (!equal(inflater.inflate(payload, message.length), message)) {
      return `message ${index} of ${message.length} bytes from zlib comes out differently`;
    }
  }
  stream.close();
  inflater.reset();
  return undefined;
}

/** A message as a zlib stream compresses it in some fragments, with its tail. */
export async function compressedBy(stream: DeflateRaw, message: Uint8Array, fragments: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const take = (piece: Uint8Array) => pieces.push(piece);
  stream.on("data", take);
  for (let index = 0; index < fragments; index++) {
    const [from, to] = [index, index + 1].map((at) => Math.floor((at * message.length) / fragments));
    stream.write(message.subarray(from, to));
    // An empty fragment gives nothing that could be flushed
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, () => resolve()));
  }
  stream.off("data", take);
  return message.length === 0 ? Uint8Array.of(0, 0, 0, 0xff, 0xff) : Buffer.concat(pieces);
}

/** Changes bits, cuts, doubles, or puts two payloads together. */
export function corrupt(chance: Chance, payload: Uint8Array, other: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(payload);
  switch (chance(4)) {
    case 0:
      return changed.subarray(0, chance(changed.length + 1));
    case 1:
      return Buffer.concat([changed.subarray(0, chance(changed.length + 1)), other.subarray(chance(other.length + 1))]);
    default:
      for (let times = 1 + chance(4); times > 0 && changed.length > 0; times--) {
        const at = chance(changed.length);
        changed[at] = changed[at]! ^ (1 << chance(8));
      }
      return changed;
  }
}

export function equal(actual: Uint8Array | string, expected: Uint8Array): boolean {
  return typeof actual !== "string" && Buffer.compare(actual, expected) === 0;
}
