/**
 * The arithmetic between what was measured and what is reported. Measures nothing, prints nothing.
 */

import type { Cost, Figures, GridCell, Plan, RoundRobinFigures, Row, ServerMemory } from "./result.ts";
import { BASE_LEVEL, BASE_WINDOW_BITS, NONE_ID, type Setting } from "./settings.ts";

/** Every round of one setting on one connection. */
export interface PassSamples {
  /** Payload bytes of the whole corpus; the same in every round. */
  readonly bytes: number;
  readonly deflate: readonly number[];
  readonly inflate: readonly number[];
}

export interface CellSamples extends PassSamples {
  readonly windowBits: number;
  readonly level: number;
}

export interface RoundRobinSamples {
  readonly deflate: readonly number[];
  readonly inflate: readonly number[];
  readonly heldBytes: number | undefined;
}

export interface ServerSample {
  readonly rss: number;
  readonly inUse: number;
  readonly echo: number;
}

/** All that was measured of a row. */
export interface RowSamples {
  readonly setting: Setting;
  /** `undefined` without compression. */
  readonly pass: PassSamples | undefined;
  readonly roundRobin: RoundRobinSamples | undefined;
  readonly server: ServerSample;
}

/** What the arithmetic needs to know of the corpus. */
export interface CorpusSize {
  readonly count: number;
  readonly bytes: number;
}

/** Connections that costs are given for. */
export const COST_CONNECTIONS = 10_000;

const SECOND = 1_000_000;

export function gridOf(samples: readonly CellSamples[], corpus: CorpusSize): GridCell[] {
  const base = baseOf(samples);
  return samples.map((cell) => ({
    windowBits: cell.windowBits,
    level: cell.level,
    ...figuresOf(cell, corpus, base),
  }));
}

/** The cell that all others are compared with. Throws an `Error` if it was not measured. */
export function baseOf(samples: readonly CellSamples[]): CellSamples {
  const base = samples.find(({ windowBits, level }) => windowBits === BASE_WINDOW_BITS && level === BASE_LEVEL);
  if (base === undefined) throw new Error(`Cannot compare: 12/5 at level ${BASE_LEVEL} was not measured`);
  return base;
}

export function rowsOf(
  samples: readonly RowSamples[],
  base: PassSamples,
  corpus: CorpusSize,
  plan: Pick<Plan, "rate">,
): Row[] {
  const none = samples.find(({ setting }) => setting.id === NONE_ID);
  const idle = none?.server ?? { rss: 0, inUse: 0 };
  return samples.map(({ setting, pass, roundRobin, server }) => {
    const figures = figuresOf(pass ?? { bytes: corpus.bytes, deflate: [0], inflate: [0] }, corpus, base);
    const many = roundRobinOf(roundRobin);
    const memory = memoryOf(server, idle, many);
    const { id, windowBits = null, memLevel = null, takeover } = setting;
    const cost = costOf(figures, many, memory, plan.rate);
    return { id, windowBits, memLevel, takeover, ...figures, roundRobin: many, server: memory, cost };
  });
}

/** Of several rounds the quickest: whatever else a machine and a process do only adds to a time. */
function least(times: readonly number[]): number {
  if (times.length === 0) throw new RangeError("There is no least of no times");
  return Math.min(...times);
}

function figuresOf(pass: PassSamples, { count, bytes }: CorpusSize, base: PassSamples): Figures {
  const deflate = least(pass.deflate);
  return {
    size: pass.bytes / count,
    ratio: pass.bytes / bytes,
    deflate,
    inflate: least(pass.inflate),
    sizeToBase: pass.bytes / base.bytes - 1,
    timeToBase: deflate / least(base.deflate) - 1,
  };
}

function roundRobinOf(samples: RoundRobinSamples | undefined): RoundRobinFigures {
  if (samples === undefined) {
    return { deflate: 0, inflate: 0, deflatePerSecond: null, inflatePerSecond: null, heldBytes: 0 };
  }
  const [deflate, inflate] = [least(samples.deflate), least(samples.inflate)];
  return {
    deflate,
    inflate,
    deflatePerSecond: perSecond(deflate),
    inflatePerSecond: perSecond(inflate),
    heldBytes: samples.heldBytes ?? null,
  };
}

/** Windows that are not full yet grow by what is missing: by more than the allocator already keeps, in the worst case. */
function memoryOf(
  server: ServerSample,
  none: Pick<ServerSample, "rss" | "inUse">,
  { heldBytes }: RoundRobinFigures,
): ServerMemory {
  const missing = heldBytes === null ? undefined : Math.max(0, heldBytes - (server.inUse - none.inUse));
  const rssFull = missing === undefined ? null : server.rss + missing;
  return { ...server, rssOverNone: server.rss - none.rss, rssFull };
}

/** Nothing was compressed, all messages being too short, if it took no time. */
function perSecond(time: number): number | null {
  return time > 0 ? SECOND / time : null;
}

function costOf(figures: Figures, many: RoundRobinFigures, memory: ServerMemory, rate: number): Cost {
  return {
    connections: COST_CONNECTIONS,
    memory: memory.rss * COST_CONNECTIONS,
    memoryFull: memory.rssFull === null ? null : memory.rssFull * COST_CONNECTIONS,
    cores: (rate * (many.deflate + many.inflate)) / SECOND,
    bandwidth: rate * figures.size * 8,
  };
}
