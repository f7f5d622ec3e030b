/**
 * From what was measured to what is needed: a line through CPU over messages, and the nearest limit.
 *
 * Pure: knows no process and no clock.
 */

import type { Demand } from "./options.ts";
import type { Answer, Capacity, Limit, Measured, Step } from "./result.ts";

/** Messages a second that keepalive amounts to: a ping every 20 s, the library's default, which is answered. */
const KEEPALIVE = 1 / 20;

/** Of the heap's limit, what connections may take: above, the collector takes the time. */
const HEAP_SHARE = 0.7;

/** A program that is saturated at less CPU than this, with a processor at hand, is full of waiting. */
const FULL = 0.8;

/** Of the time without a processor, from which on saturation is the machine's. */
const STARVED = 0.1;

/** A message is not believed to cost less than this share of what it cost at the highest load that was seen. */
const LEAST_SLOPE = 0.6;

/** Kernel memory of a connection's socket: not in RSS, but in what a container is charged for (bytes). */
const SOCKET = 4_096;

/** Over what is expected: fragmentation, bursts, and buffers of those who are slow. */
const MEMORY_MARGIN = 1.25;

const MIB = 1_048_576;

export interface Line {
  readonly intercept: number;
  readonly slope: number;
  /** Standard deviation of the points from the line; `undefined` for fewer than three. */
  readonly deviation: number | undefined;
}

/** Least squares. A line does not begin below zero: no program uses less than nothing. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spreadX = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const products = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const free = spreadX === 0 ? 0 : products / spreadX;
  const isThroughOrigin = free <= 0 || meanY - free * meanX < 0;
  const slope = isThroughOrigin ? meanY / meanX : free;
  const intercept = isThroughOrigin ? 0 : meanY - free * meanX;
  const errors = points.reduce((sum, [x, y]) => sum + (y - intercept - slope * x) ** 2, 0);
  return { intercept, slope, deviation: count < 3 ? undefined : Math.sqrt(errors / (count - 2)) };
}

/** What one process carries. Needs one step at least that is not saturated. */
export function capacityOf({ steps, memory, cpuPerOpening }: Measured, demand: Demand): Capacity {
  const fitted = fittedSteps(steps);
  const line = fitLine(fitted.map(({ received, cpu }) => [received, cpu] as const));
  const highest = fitted.reduce((most, step) => (step.received > most.received ? step : most));
  const dearest = highest.cpu / Math.max(1, highest.received);
  const slope = Math.max(line.slope, LEAST_SLOPE * dearest);
  const busy = 1 - demand.headroom;
  const byCpu = Math.max(0, busy - line.intercept) / slope;
  const saturation = saturationOf(steps);
  const waits = saturation?.isWaiting === true;
  const messages = waits ? Math.min(byCpu, saturation.messages * busy) : byCpu;
  const bound: readonly (readonly [Limit, number])[] = [
    [waits && messages < byCpu ? "waiting" : "CPU", messages / (demand.rate + KEEPALIVE)],
    ["heap", (HEAP_SHARE * memory.heapLimit) / memory.heap],
    ["memory", ((demand.memory ?? Number.POSITIVE_INFINITY) / MEMORY_MARGIN - memory.base) / (memory.used + SOCKET)],
  ];
  const [limit, connections] = bound.reduce((least, one) => (one[1] < least[1] ? one : least));
  return {
    cpuPerMessage: slope * 1_000,
    cpuIdle: line.intercept,
    messages,
    spread: byCpu === 0 ? 0 : Math.max((2 * (line.deviation ?? 0)) / (slope * byCpu), 1 - busy / dearest / byCpu),
    connections: Math.floor(connections),
    limit,
    openings: (busy * 1_000) / cpuPerOpening,
    saturation: saturation?.messages ?? null,
  };
}

/** Beyond saturation CPU says nothing about messages. */
function fittedSteps(steps: readonly Step[]): readonly Step[] {
  const fitted = steps.filter(({ isSaturated, received }) => !isSaturated && received > 0);
  return fitted.length > 0 ? fitted : steps.slice(0, 1);
}

interface Saturation {
  readonly messages: number;
  /** Nothing more came back though the processor had time: blocking calls, another program, or this machine. */
  readonly isWaiting: boolean;
}

/** Neither the program nor the generator lacked a processor, and still it did not compute. */
function isWaiting({ cpu, starved, generatorStarved }: Step): boolean {
  return cpu + starved < FULL && starved < STARVED && generatorStarved < STARVED;
}

function saturationOf(steps: readonly Step[]): Saturation | null {
  const saturated = steps.filter(({ isSaturated }) => isSaturated);
  if (saturated.length === 0) return null;
  const best = steps.reduce((most, step) => (step.received > most.received ? step : most));
  return { messages: best.received, isWaiting: saturated.every(isWaiting) };
}

/**
 * How many processes, and what to set for each.
 *
 * @returns `undefined` if not even one connection fits into a process
 */
export function answerOf(measured: Measured, capacity: Capacity, demand: Demand): Answer | undefined {
  if (capacity.connections < 1) return undefined;
  const spread = capacity.limit === "CPU" || capacity.limit === "waiting" ? capacity.spread : 0;
  const needed = (share: number) => Math.max(1, Math.ceil(demand.connections / (capacity.connections * share)));
  const processes = needed(1);
  const connections = Math.ceil(demand.connections / processes);
  const { memory } = measured;
  const messages = connections * demand.rate;
  const cpu = capacity.cpuIdle + (connections * (demand.rate + KEEPALIVE) * capacity.cpuPerMessage) / 1_000;
  // One of several that is gone leaves its clients to the others
  const surge = processes === 1 ? connections : demand.connections / (processes - 1);
  const maxConnections = roundUp(surge * 1.1, surge < 1_000 ? 10 : 100);
  return {
    processes,
    fewest: needed(1 + spread),
    most: needed(Math.max(0.1, 1 - spread)),
    each: { connections, messages, cpu, memory: memory.base + connections * memory.used },
    secondsToReopen: connections / capacity.openings,
    limits: {
      maxConnections,
      backlog: backlogFor(maxConnections),
      descriptors: roundUp(maxConnections + 128, 1_024),
      containerMemory: roundUp((memory.base + maxConnections * (memory.used + SOCKET)) * MEMORY_MARGIN, 64 * MIB),
    },
    scale: {
      connections: Math.min(capacity.connections, maxConnections),
      cpu: Math.round((1 - demand.headroom) * 100),
    },
  };
}

/** A tenth of the clients at the same moment; at least Node's default, at most what Linux counts to. */
function backlogFor(connections: number): number {
  if (connections / 10 <= LEAST_BACKLOG) return LEAST_BACKLOG;
  return Math.min(2 ** Math.ceil(Math.log2(connections / 10)), MOST_BACKLOG);
}

const LEAST_BACKLOG = 511;
const MOST_BACKLOG = 65_535;

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
