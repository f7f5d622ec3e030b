/** What this machine allows a generator: local ports and file descriptors. Asked before anything is opened. */

import { readFileSync } from "node:fs";
import { CommandError } from "../command.ts";

export interface MachineLimits {
  /** Local ports for connections to one address and port. */
  readonly ports: number;
  /** Descriptors of one process. */
  readonly descriptors: number;
}

/** Descriptors that are used besides connections. */
const OTHER_DESCRIPTORS = 64;

/** Infinite where the machine does not tell. */
export function machineLimits(): MachineLimits {
  return { ports: portsOf(readIfThere("/proc/sys/net/ipv4/ip_local_port_range")), descriptors: openFiles() };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function portsOf(range: string): number {
  const [, first, last] = /^(\d+)\s+(\d+)/.exec(range) ?? [];
  return first === undefined ? Number.POSITIVE_INFINITY : Number(last) - Number(first) + 1;
}

function openFiles(): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readIfThere("/proc/self/limits")) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

/**
 * @param addresses that the clients connect to in turn
 * @throws {CommandError} for more clients than the machine allows
 */
export function checkLimits(clients: number, addresses: number, { ports, descriptors }: MachineLimits): void {
  const count = (number: number) => number.toLocaleString("en-US");
  if (clients > ports * addresses) {
    const enough = Math.ceil(clients / ports);
    throw new CommandError(
      `${count(clients)} clients need as many local ports, and there are ${count(ports)} to one address (net.ipv4.ip_local_port_range).\n` +
        `For a server on this machine that listens on all interfaces, --addresses ${enough} connects to 127.0.0.1 to 127.0.0.${enough}; else run the generator on ${enough} machines.`,
    );
  }
  if (clients + OTHER_DESCRIPTORS > descriptors) {
    throw new CommandError(
      `${count(clients)} clients need as many file descriptors, and this process may have ${count(descriptors)}: raise ulimit -n, or run several generators.`,
    );
  }
}
