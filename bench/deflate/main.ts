/**
 * The DEFLATE engine against Node's zlib, without connections around them: sizes, and CPU time for each message.
 *
 *     node bench/dist/deflate/main.js --connections 1000 --window-bits 12 --level 6
 *
 * Messages go round over many windows, as they do on a server: what one window leaves in the processor's caches is gone when
 * its turn comes again. Both engines take turns within one process, and the medians of the rounds are shown. Node's zlib is
 * called as its public interface allows it synchronously: once for each message, with the window as dictionary.
 */

import { parseArgs } from "node:util";
import { createDeflater, createInflater, type Deflater, type Inflater, zlibEngine } from "hawser/deflate";
import { CORPORA, type CorpusName, corpus } from "./corpora.ts";

const ROUNDS = 9;
/** Rounds before the first that counts: most windows are full then. */
const WARM_UP = 12;
const MESSAGES = 400;
const MAX_SIZE = 1_048_576;

interface Settings {
  readonly connections: number;
  readonly windowBits: number;
  readonly level: number;
}

interface Contestant {
  readonly deflaters: readonly Deflater[];
  readonly inflaters: readonly Inflater[];
  readonly deflateTimes: number[];
  readonly inflateTimes: number[];
  compressed: number;
}

function contestant(settings: Settings, deflater: () => Deflater, inflater: () => Inflater): Contestant {
  const make = <One>(one: () => One): One[] => Array.from({ length: settings.connections }, one);
  return { deflaters: make(deflater), inflaters: make(inflater), deflateTimes: [], inflateTimes: [], compressed: 0 };
}

/** Microseconds of CPU that a function takes for each connection. */
function cpuTime(connections: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / connections;
}

/** A message of each connection's own, there and back. */
function playRound(one: Contestant, round: number, messages: readonly Uint8Array[]): void {
  const message = (index: number): Uint8Array => messages[(index * 7 + round) % messages.length]!;
  const { deflaters, inflaters } = one;
  const payloads: Uint8Array[] = [];
  const deflating = cpuTime(deflaters.length, () => {
    for (const [index, deflater] of deflaters.entries()) {
      payloads.push(deflater.deflate(message(index)));
      deflater.append(message(index));
    }
  });
  const inflating = cpuTime(inflaters.length, () => {
    for (const [index, inflater] of inflaters.entries()) inflater.inflate(payloads[index]!, MAX_SIZE);
  });
  if (round < WARM_UP) return;
  one.deflateTimes.push(deflating);
  one.inflateTimes.push(inflating);
  one.compressed += payloads.reduce((sum, { length }) => sum + length, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function compare(name: CorpusName, settings: Settings): string {
  const { windowBits, level } = settings;
  const messages = corpus(name, MESSAGES);
  const options = { windowBits, level, memLevel: 8 };
  const own = contestant(
    settings,
    () => createDeflater(options),
    () => createInflater({ windowBits }),
  );
  const zlib = contestant(
    settings,
    () => zlibEngine.createDeflater({ windowBits, level: 6, memLevel: 8 }),
    () => zlibEngine.createInflater({ windowBits }),
  );
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const one of [own, zlib]) playRound(one, round, messages);
  }
  for (const { deflaters, inflaters } of [own, zlib]) for (const one of [...deflaters, ...inflaters]) one.reset();
  return row(name, messages, own, zlib);
}

function row(name: string, messages: readonly Uint8Array[], own: Contestant, zlib: Contestant): string {
  const average = messages.reduce((sum, { length }) => sum + length, 0) / messages.length;
  const [ownDeflate, zlibDeflate] = [median(own.deflateTimes), median(zlib.deflateTimes)];
  const [ownInflate, zlibInflate] = [median(own.inflateTimes), median(zlib.inflateTimes)];
  return [
    name.padEnd(18),
    average.toFixed(0).padStart(6),
    `${((own.compressed / zlib.compressed - 1) * 100).toFixed(1)} %`.padStart(9),
    ...[ownDeflate, zlibDeflate].map((time) => time.toFixed(1).padStart(8)),
    (zlibDeflate / ownDeflate).toFixed(1).padStart(6),
    ...[ownInflate, zlibInflate].map((time) => time.toFixed(1).padStart(8)),
    (zlibInflate / ownInflate).toFixed(1).padStart(6),
  ].join(" ");
}

function integer(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`Cannot compare: a positive integer is needed, got ${text}`);
}

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "1000" },
    "window-bits": { type: "string", default: "12" },
    level: { type: "string", default: "6" },
  },
});
const settings: Settings = {
  connections: integer(values.connections),
  windowBits: integer(values["window-bits"]),
  level: integer(values.level),
};
console.log(
  `${settings.connections} connections, windows of ${settings.windowBits} bits, level ${settings.level} against zlib's 6; microseconds of CPU for each message`,
);
console.log("messages            bytes      size  deflate     zlib  times  inflate     zlib  times");
for (const name of Object.keys(CORPORA) as CorpusName[]) console.log(compare(name, settings));
