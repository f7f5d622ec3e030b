/** How busy the machine and one process of it are, by what the kernel counts. */

import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { CommandError } from "../command.ts";

/** Clock ticks a second in `/proc`: 100 on every Linux that Node runs on. */
const TICKS = 100;

const KIB = 1_024;

export interface ProcessSample {
  /** CPU time of all its threads so far (ms). */
  readonly cpu: number;
  /** Resident memory (bytes). */
  readonly rss: number;
}

/** @throws {CommandError} where there is no such process, or no `/proc` */
export function sampleProcess(pid: number): ProcessSample {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    // Its name may hold anything, spaces and parentheses too
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpu: (ticks * 1_000) / TICKS, rss: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * KIB };
  } catch {
    throw new CommandError(`--pid ${pid}: there is no such process here, or no /proc to read of it.`);
  }
}

/** Busy and total time of all processors so far (ms). */
export interface MachineSample {
  readonly busy: number;
  readonly total: number;
}

export function sampleMachine(): MachineSample {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const { user, nice, sys, idle, irq } = times;
    busy += user + nice + sys + irq;
    total += user + nice + sys + irq + idle;
  }
  return { busy, total };
}

/** Share of the processors that was in use between two samples. */
export function busyBetween(before: MachineSample, after: MachineSample): number {
  const total = after.total - before.total;
  return total <= 0 ? 0 : (after.busy - before.busy) / total;
}

/**
 * Time so far in which this thread could run and had no processor (ms), as the kernel counts it; 0 where it does not tell.
 */
export function starvedTime(): number {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}
