/**
 * What a connection costs in memory: many are opened and held, and this process's memory is read before and after.
 *
 * It knows no connections: whatever `open` makes is measured, as far as it lies in this process.
 */

import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes for each connection. */
export interface MemoryCost {
  /** Objects and strings of JavaScript. Exact to some bytes where there are hundreds of connections. */
  readonly heap: number;
  /** What objects hold outside of the heap: buffers, and part of Node's own. */
  readonly external: number;
  /**
   * What the process takes from the operating system, Node's native memory included. It grows by pages, and V8 keeps room for
   * new objects (up to 48 MiB) once it has grown: it says something from thousands of connections on.
   */
  readonly rss: number;
}

export interface MemoryReport {
  /** When the connections were just open. */
  readonly open: MemoryCost;
  /** After `exchange`, against the same beginning; `undefined` without one. */
  readonly exchanged: MemoryCost | undefined;
}

/** How memory is measured. */
export interface MemoryMeasurement<Connection> {
  /**
   * How many connections are held at the same time.
   *
   * @default 1_000
   */
  readonly connections?: number;
  /** Opens a connection; what it returns is held until all is read. */
  open(index: number): Connection | Promise<Connection>;
  /** Does with a connection what is to be done before the second reading; one connection after the other. */
  exchange?(connection: Connection, index: number): void | Promise<void>;
  /** Closes a connection; nothing of it may be left when it resolves. */
  close(connection: Connection): void | Promise<void>;
}

const CONNECTIONS = 1_000;

/** Opened and closed before the first reading, so that compiled code and what is made at first use count for nobody. */
const WARM_UP = 20;

/**
 * Measures what a connection costs. Memory is read after garbage was collected, so that it is what connections hold, not what
 * they left behind.
 *
 * Both ends of a connection count if both are in this process, as those of `connectedPair()` are. To measure a server alone, let
 * another process connect to it.
 *
 * @throws {RangeError} (rejecting) if `connections` is not a positive integer; and whatever a callback throws.
 *
 * @example
 * ```ts
 * import { connectedPair, measureMemory } from "hawser/testing";
 *
 * const { open } = await measureMemory({
 *   open: () => connectedPair(),
 *   close: ({ client }) => client.terminate(),
 * });
 * open.heap; // both ends of a connection, in bytes
 * ```
 */
export async function measureMemory<Connection>(measurement: MemoryMeasurement<Connection>): Promise<MemoryReport> {
  const { connections: count = CONNECTIONS } = measurement;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot measure memory: connections must be a positive integer, got ${String(count)}`);
  }
  await run(measurement, Math.min(count, WARM_UP), async () => {});
  const costs: MemoryCost[] = [];
  // Its memory is there before the first reading
  const held: Connection[] = new Array(count);
  const before = await readMemory();
  const read = async () => {
    costs.push(costBetween(before, await readMemory(), count));
  };
  await run(measurement, count, read, held);
  const [open, exchanged] = costs;
  return { open: open!, exchanged };
}

async function run<Connection>(
  measurement: MemoryMeasurement<Connection>,
  count: number,
  read: () => Promise<void>,
  held: Connection[] = new Array(count),
): Promise<void> {
  const { open, exchange, close } = measurement;
  for (let index = 0; index < count; index++) held[index] = await open.call(measurement, index);
  await read();
  if (exchange !== undefined) {
    for (const [index, connection] of held.entries()) await exchange.call(measurement, connection, index);
    await read();
  }
  for (const connection of held) await close.call(measurement, connection);
}

async function readMemory(): Promise<MemoryCost> {
  const collect = garbageCollector();
  // What was just closed is let go of in a few turns of the event loop, and buffers are freed after the objects that held them
  for (let turn = 0; turn < 4; turn++) {
    await setImmediate();
    collect();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss };
}

/** That of the flag `--expose-gc`, with or without it. */
function garbageCollector(): () => void {
  if (globalThis.gc !== undefined) return globalThis.gc;
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

function costBetween(before: MemoryCost, after: MemoryCost, count: number): MemoryCost {
  return {
    heap: (after.heap - before.heap) / count,
    external: (after.external - before.external) / count,
    rss: (after.rss - before.rss) / count,
  };
}
