/**
 * Sizes and CPU times of every setting, on one connection and on many in turn.
 *
 * Times are taken in rounds over all settings, so that a machine that grows warm or busy treats them alike.
 */

import type { PerMessageDeflateOptions } from "hawser";
import type { PassResult } from "./measuring/one-connection.ts";
import type { RoundRobinResult } from "./measuring/round-robin.ts";
import type { PassRequest, RoundRobinRequest } from "./processes/codec.ts";
import type { Plan } from "./result.ts";
import { BASE_LEVEL, BASE_WINDOW_BITS, compressionWith, SETTINGS, type Setting, WINDOW_BITS } from "./settings.ts";
import type { Corpus } from "./sources/corpus.ts";
import type { CellSamples, PassSamples, RoundRobinSamples } from "./tables.ts";
import { workOf } from "./work.ts";
import { startWorker, type Workplace } from "./workplace.ts";

export interface Times {
  readonly grid: readonly CellSamples[];
  /** Without context. */
  readonly alone: PassSamples;
  readonly many: ReadonlyMap<Setting, RoundRobinSamples>;
}

/** A cell of the grid while rounds are added; the one without context has no place in the grid. */
interface Cell {
  readonly title: string;
  readonly windowBits: number;
  readonly level: number;
  readonly compression: PerMessageDeflateOptions;
  readonly results: PassResult[];
}

/** Throws `Interrupted` when interrupted; no process is left behind, whatever happens. */
export async function measureTimes(corpus: Corpus, plan: Plan, workplace: Workplace): Promise<Times> {
  const codec = await startWorker("codec", corpus, workplace);
  try {
    const work = workOf(plan);
    const cells = gridCells(plan);
    const lone = cellWith(BASE_WINDOW_BITS, BASE_LEVEL, false);
    const compressed = SETTINGS.filter(({ compression }) => compression !== false);
    const many = new Map<Setting, RoundRobinResult[]>(compressed.map((setting) => [setting, []]));
    await codec.ask("pass", { compression: lone.compression, leastTime: plan.leastTime * 3 } satisfies PassRequest);
    for (let round = 0; round < plan.rounds; round++) {
      const stage = `times, round ${round + 1} of ${plan.rounds}`;
      for (const cell of rotated([...cells, lone], round)) {
        workplace.progress.step(`${stage}: ${cell.title}`, work.pass);
        cell.results.push(await codec.ask<PassResult>("pass", passOf(cell, plan)));
      }
      for (const [setting, results] of rotated([...many], round)) {
        workplace.progress.step(`${stage}: ${setting.id}, connections in turn`, work.roundRobin);
        results.push(await codec.ask<RoundRobinResult>("roundRobin", roundRobinOf(setting, plan)));
      }
    }
    return { grid: cells.map(cellSamples), alone: passSamples(lone), many: mapped(many, roundRobinSamples) };
  } finally {
    await codec.stop();
  }
}

function gridCells({ levels }: Plan): Cell[] {
  return WINDOW_BITS.flatMap((windowBits) => levels.map((level) => cellWith(windowBits, level, true)));
}

function cellWith(windowBits: number, level: number, takeover: boolean): Cell {
  const title = takeover ? `${windowBits} bits, level ${level}` : "no takeover";
  return { title, windowBits, level, compression: compressionWith(windowBits, { level, takeover }), results: [] };
}

function passOf({ compression }: Cell, { leastTime }: Plan): PassRequest {
  return { compression, leastTime };
}

function roundRobinOf({ id, compression }: Setting, { connections, leastTime }: Plan): RoundRobinRequest {
  return { id, compression: compression as PerMessageDeflateOptions, connections, leastTime };
}

function cellSamples(cell: Cell): CellSamples {
  return { windowBits: cell.windowBits, level: cell.level, ...passSamples(cell) };
}

function passSamples({ results }: Cell): PassSamples {
  return {
    bytes: results[0]!.bytes,
    deflate: results.map(({ deflate }) => deflate),
    inflate: results.map(({ inflate }) => inflate),
  };
}

function roundRobinSamples(results: readonly RoundRobinResult[]): RoundRobinSamples {
  return {
    deflate: results.map(({ deflate }) => deflate),
    inflate: results.map(({ inflate }) => inflate),
    heldBytes: results[0]!.heldBytes,
  };
}

/** Each round begins elsewhere, so that none is always the first. */
function rotated<Item>(items: readonly Item[], round: number): Item[] {
  const start = (round * 5) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function mapped<Key, Value, Result>(map: ReadonlyMap<Key, Value>, change: (value: Value) => Result): Map<Key, Result> {
  return new Map(Array.from(map, ([key, value]) => [key, change(value)]));
}
