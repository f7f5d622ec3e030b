/**
 * What the process under test tells about itself over IPC: CPU time, what reached its application, memory, and a profile of
 * its JavaScript.
 *
 * This file does not know which library is measured, nor on which side. It runs on Bun, too.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { answerRequests, type Handlers } from "../processes/requests.ts";
import type { Tally } from "./tally.ts";

/** Answers `sample`. */
export interface SubjectSample extends Tally {
  /** User and system time of all threads so far (µs). */
  readonly cpu: number;
}

/** What windows hold, by the library's own account. */
export interface WindowFigures {
  /** How many are compressed at the moment. */
  readonly coldWindows: number;
  /** Bytes that all windows hold. */
  readonly heldBytes: number;
}

/** What the process holds after a forced collection (bytes). */
export interface MemoryFigures {
  readonly rss: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
}

const KIB = 1024;

/** How long the allocator gets to return pages after a collection (ms). */
const SETTLE = 150;

/** Answers the runner until it is gone; `more` are questions that not every process can answer. */
export function reportFigures(tally: Tally, more: Handlers = {}): void {
  answerRequests({
    ...more,
    sample: (): SubjectSample => ({ cpu: cpuMicroseconds(), ...tally }),
    memory: collectedMemory,
    highestMemory,
    startProfile,
    stopProfile,
  });
}

/** The most resident memory that the process ever had (bytes). */
function highestMemory(): number {
  return process.resourceUsage().maxRSS * KIB;
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function collectedMemory(): Promise<MemoryFigures> {
  const collect = collector();
  // Twice: the first collection lets finalisers free what the second can return.
  for (let pass = 0; pass < 2; pass++) {
    collect();
    await sleep(SETTLE);
  }
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heapUsed, arrayBuffers };
}

function collector(): () => void {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } };
  if (gc !== undefined) return gc;
  if (Bun !== undefined) return () => Bun.gc(true);
  throw new Error("Cannot report memory: start the process with --expose-gc");
}

let stopSession: (() => Promise<unknown>) | undefined;

async function startProfile(): Promise<void> {
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  stopSession = async () => (await session.post("Profiler.stop")).profile;
}

/** V8's profile since `startProfile`, as the inspector gives it. */
async function stopProfile(): Promise<unknown> {
  if (stopSession === undefined) throw new Error("Cannot stop: no profile was started");
  return stopSession();
}
