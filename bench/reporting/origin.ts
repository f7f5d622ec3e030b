/** Where figures come from, as text for result pages that hold one session. */
import type { Machine } from "../measuring/machine.ts";

export interface Origin {
  /** ISO 8601, when the session began. */
  readonly startedAt: string;
  readonly machine: Machine;
  /** By label. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A line for what was measured and when, and one for the machine. */
export function originText({ startedAt, machine, versions }: Origin): string[] {
  const { commit, node, cpu, cores, memoryGiB, system } = machine;
  const peers = Object.entries(versions).map(([label, version]) => `${label} ${version}`);
  return [
    `Measured ${startedAt.slice(0, 10)}, commit ${commit}: ${peers.join(", ")}, Node ${node}.`,
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, loopback.`,
  ];
}
