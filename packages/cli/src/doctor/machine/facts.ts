/** What a machine says of itself: limits of the process, settings of the kernel, memory and processors. Judges nothing. */

import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";

export interface MachineFacts {
  readonly nodeVersion: string;
  readonly platform: string;
  /** Descriptors that a process may open; `undefined` where the system does not tell. */
  readonly openFiles: { readonly soft: number; readonly hard: number } | undefined;
  /** Descriptors of the whole system. */
  readonly fileMax: number | undefined;
  /** Connections that wait to be accepted, at most. */
  readonly somaxconn: number | undefined;
  /** Local ports of outgoing connections, first and last. */
  readonly portRange: readonly [first: number, last: number] | undefined;
  /** Whether connections that wait at a closing listener go to another one on the same port. */
  readonly migratesRequests: boolean | undefined;
  /** Connections that the firewall keeps track of. */
  readonly conntrackMax: number | undefined;
  /** Bytes that the process may use: the container's limit, or the machine's memory. */
  readonly memory: number;
  readonly isMemoryLimited: boolean;
  /** Processors that it may use; with a container's quota, a fraction too. */
  readonly processors: number;
  /** Whether the machine has the instructions that the compression engine is built with. */
  readonly hasSimd: boolean;
}

/** The text of a file, `undefined` if it can't be read. */
export type ReadText = (path: string) => string | undefined;

export const readText: ReadText = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

export function machineFacts(read: ReadText = readText): MachineFacts {
  const limit = memoryLimit(read);
  return {
    nodeVersion: process.versions.node,
    platform: process.platform,
    openFiles: openFiles(read("/proc/self/limits")),
    fileMax: numberIn(read("/proc/sys/fs/file-max")),
    somaxconn: numberIn(read("/proc/sys/net/core/somaxconn")),
    portRange: portRange(read("/proc/sys/net/ipv4/ip_local_port_range")),
    migratesRequests: booleanIn(read("/proc/sys/net/ipv4/tcp_migrate_req")),
    conntrackMax: numberIn(read("/proc/sys/net/netfilter/nf_conntrack_max")),
    memory: limit ?? totalmem(),
    isMemoryLimited: limit !== undefined,
    processors: Math.min(availableParallelism(), processorQuota(read) ?? Number.POSITIVE_INFINITY),
    hasSimd: hasSimd(),
  };
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

function booleanIn(text: string | undefined): boolean | undefined {
  const value = numberIn(text);
  return value === undefined ? undefined : value !== 0;
}

function openFiles(limits: string | undefined): MachineFacts["openFiles"] {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits ?? "") ?? [];
  return soft === undefined || hard === undefined ? undefined : { soft: limitIn(soft), hard: limitIn(hard) };
}

function limitIn(text: string): number {
  return text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text);
}

function portRange(text: string | undefined): MachineFacts["portRange"] {
  const [, first, last] = /^(\d+)\s+(\d+)/.exec(text ?? "") ?? [];
  return first === undefined || last === undefined ? undefined : [Number(first), Number(last)];
}

/** Control groups of version 2, then of version 1; what is larger than the machine is no limit. */
function memoryLimit(read: ReadText): number | undefined {
  const text = read("/sys/fs/cgroup/memory.max") ?? read("/sys/fs/cgroup/memory/memory.limit_in_bytes");
  const limit = numberIn(text);
  return limit !== undefined && limit < totalmem() ? limit : undefined;
}

function processorQuota(read: ReadText): number | undefined {
  const [, quota, period] = /^(\d+) (\d+)/.exec(read("/sys/fs/cgroup/cpu.max") ?? "") ?? [];
  return quota === undefined || period === undefined ? undefined : Number(quota) / Number(period);
}

/** A function that returns a vector, and nothing else: `(func (result v128) (i32.const 0) (i8x16.splat))`. */
const VECTOR_MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
);

/** A part of the Web's types that Node's leave out. */
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

function hasSimd(): boolean {
  return WebAssembly.validate(VECTOR_MODULE);
}
