/** What a machine's settings mean for so many connections. Pure: facts and a plan in, findings out. */

import type { Finding } from "../finding.ts";
import type { MachineFacts } from "./facts.ts";

export interface MachinePlan {
  /** Connections on this machine. */
  readonly connections: number;
  /** Processes that share them. */
  readonly workers: number;
  /** Whether the workers listen on one port by `reusePort`. */
  readonly reusesPort: boolean;
}

type Check = (facts: MachineFacts, plan: MachinePlan) => Finding | undefined;

const CHECKS: readonly Check[] = [
  checkNode,
  checkOpenFiles,
  checkFileMax,
  checkBacklog,
  checkPorts,
  checkMigration,
  checkConntrack,
  checkMemory,
  checkProcessors,
  checkSimd,
];

export function machineFindings(facts: MachineFacts, plan: MachinePlan): Finding[] {
  return CHECKS.flatMap((check) => check(facts, plan) ?? []);
}

/** Descriptors that a process has besides its connections: Node's own, files, the engine, a health check's. */
const OWN_DESCRIPTORS = 200;

/** Node's default, and the library's. */
const BACKLOG = 511;

/** Bytes of a process that serves nobody yet. */
const PROCESS_MEMORY = 60 * 2 ** 20;

/** Bytes of a connection: the process's share, both compression windows of 12 bits, and the kernel's. */
const CONNECTION_MEMORY = (5.5 + 9.2 + 4) * 1_024;

function checkNode({ nodeVersion }: MachineFacts): Finding {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  const topic = "Node";
  if (major < 20 || (major === 20 && minor < 19)) {
    return { topic, level: "problem", found: `${nodeVersion}, needed is 20.19 or later`, advice: "Install Node 24." };
  }
  if (major < 22 || major % 2 === 1) {
    const found = `${nodeVersion}, which gets no security fixes any more`;
    return { topic, level: "warning", found, advice: "Install Node 22 or 24." };
  }
  return { topic, level: "ok", found: nodeVersion };
}

function checkOpenFiles({ openFiles }: MachineFacts, { connections, workers }: MachinePlan): Finding | undefined {
  if (openFiles === undefined) return undefined;
  const needed = Math.ceil(connections / workers) + OWN_DESCRIPTORS;
  const topic = "descriptors of a process";
  const found = `${counted(openFiles.soft)} (hard limit ${counted(openFiles.hard)}), needed ${counted(needed)}`;
  if (openFiles.soft >= needed) return { topic, level: "ok", found };
  const raise = "LimitNOFILE= in a systemd unit, --ulimit nofile= for a container, /etc/security/limits.conf";
  return { topic, level: "problem", found, advice: `Raise it to ${needed} at least: ${raise}; or take more workers.` };
}

function checkFileMax({ fileMax }: MachineFacts, { connections }: MachinePlan): Finding | undefined {
  if (fileMax === undefined) return undefined;
  const needed = connections * 2;
  const topic = "descriptors of the system";
  const found = `${counted(fileMax)}, needed ${counted(needed)}`;
  if (fileMax >= needed) return { topic, level: "ok", found };
  return { topic, level: "problem", found, advice: `sysctl -w fs.file-max=${needed}` };
}

function checkBacklog({ somaxconn }: MachineFacts): Finding | undefined {
  if (somaxconn === undefined) return undefined;
  const topic = "listen queue";
  if (somaxconn >= BACKLOG) return { topic, level: "ok", found: `net.core.somaxconn is ${counted(somaxconn)}` };
  const found = `net.core.somaxconn is ${somaxconn}, which cuts the option backlog (${BACKLOG})`;
  const advice = "sysctl -w net.core.somaxconn=4096, or clients that come back all at once wait for seconds.";
  return { topic, level: "warning", found, advice };
}

/** Of a router on this machine: each connection to a worker takes a port of its own. */
function checkPorts({ portRange }: MachineFacts, { connections, workers }: MachinePlan): Finding | undefined {
  if (portRange === undefined) return undefined;
  const [first, last] = portRange;
  const [count, needed] = [last - first + 1, Math.ceil(connections / workers)];
  const topic = "local ports";
  const found = `${counted(count)} (${first} to ${last}) for each port of a worker, needed ${counted(needed)}`;
  if (count >= needed * 1.2) return { topic, level: "ok", found: `${found} behind a router on this machine` };
  const advice =
    'Behind a router on this machine: sysctl -w net.ipv4.ip_local_port_range="1024 65535", Unix sockets, or more workers with ports of their own.';
  return { topic, level: count >= needed ? "note" : "warning", found, advice };
}

function checkMigration({ migratesRequests }: MachineFacts, { reusesPort }: MachinePlan): Finding | undefined {
  if (migratesRequests === undefined) return undefined;
  const topic = "port sharing";
  if (migratesRequests) return { topic, level: "ok", found: "net.ipv4.tcp_migrate_req is 1" };
  const found = "net.ipv4.tcp_migrate_req is 0: with reusePort, a restart resets connections that wait to be accepted";
  if (!reusesPort) return { topic, level: "note", found: `${found}. Without reusePort that does not matter` };
  return { topic, level: "warning", found, advice: "sysctl -w net.ipv4.tcp_migrate_req=1" };
}

function checkConntrack({ conntrackMax }: MachineFacts, { connections }: MachinePlan): Finding | undefined {
  if (conntrackMax === undefined) return undefined;
  const topic = "connection tracking";
  const needed = connections * 2;
  const found = `the firewall keeps track of ${counted(conntrackMax)}, needed ${counted(needed)}`;
  if (conntrackMax >= needed) return { topic, level: "ok", found };
  const advice = `sysctl -w net.netfilter.nf_conntrack_max=${needed}, or clients are dropped without a word.`;
  return { topic, level: "warning", found, advice };
}

function checkMemory({ memory, isMemoryLimited }: MachineFacts, { connections, workers }: MachinePlan): Finding {
  const needed = workers * PROCESS_MEMORY + connections * CONNECTION_MEMORY;
  const topic = "memory";
  const whose = isMemoryLimited ? "the container's limit" : "the machine's";
  const found = `${mebibytes(memory)} (${whose}), about ${mebibytes(needed)} for idle connections with compression`;
  if (memory >= needed * 1.5) return { topic, level: "ok", found };
  const advice = "Measure with your own messages (hawser plan), and choose smaller windows or a memoryBudget.";
  return { topic, level: memory < needed ? "problem" : "warning", found, advice };
}

function checkProcessors({ processors }: MachineFacts, { workers }: MachinePlan): Finding {
  const topic = "processors";
  const found = `${round(processors)} for ${workers} worker${workers === 1 ? "" : "s"}`;
  if (workers <= Math.max(1, Math.ceil(processors))) return { topic, level: "ok", found };
  const advice = `Run ${Math.max(1, Math.floor(processors))}: more do no more work, and each takes memory.`;
  return { topic, level: "warning", found, advice };
}

function checkSimd({ hasSimd }: MachineFacts): Finding | undefined {
  if (hasSimd) return undefined;
  const found = "the processor has no vectors for WebAssembly: Node's zlib takes the place of the compression engine";
  const advice = "A compressed connection costs a hundred times the memory then: think of compression: false.";
  return { topic: "compression", level: "warning", found, advice };
}

function counted(value: number): string {
  return value === Number.POSITIVE_INFINITY ? "unlimited" : value.toLocaleString("en-US");
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20).toLocaleString("en-US")} MiB`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
