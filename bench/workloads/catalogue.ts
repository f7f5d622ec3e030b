/** The workloads, and their selection by name. */
import type { EchoWorkload, IdleWorkload, PayloadKind, Workload } from "./workload.ts";

const KIB = 1024;
const MIB = KIB * KIB;

/** Enough for a full turn of the event loop to have work on every core speed; the usual number in such tables. */
const PING_PONG_CONNECTIONS = 64;

/** Fewer for large messages: 64 of them would measure the memory of the machine. */
const LARGE_CONNECTIONS = 8;

function pingPong(id: string, payload: PayloadKind, size: number, sizeTitle: string): EchoWorkload {
  const connections = size >= MIB ? LARGE_CONNECTIONS : PING_PONG_CONNECTIONS;
  const title = `echo, ${sizeTitle} ${payload}`;
  return { kind: "echo", id, group: "pp", title, payload, size, connections, window: 1, compression: false };
}

function idle(id: string, compression: boolean): IdleWorkload {
  const title = compression ? "idle with compression" : "idle";
  return { kind: "idle", id, group: "idle", title, compression, stages: [0, 1, 21] };
}

/** In the order in which they run and are printed. */
export const WORKLOADS: readonly Workload[] = [
  pingPong("pp16", "binary", 16, "16 B"),
  pingPong("pp125", "binary", 125, "125 B"),
  pingPong("pp1k", "binary", KIB, "1 KiB"),
  pingPong("pp16k", "binary", 16 * KIB, "16 KiB"),
  pingPong("pp1m", "binary", MIB, "1 MiB"),
  pingPong("pp125t", "text", 125, "125 B"),
  {
    kind: "echo",
    id: "pl125",
    group: "pl",
    title: "pipelined echo, 125 B binary",
    payload: "binary",
    size: 125,
    connections: 16,
    window: 64,
    compression: false,
  },
  {
    kind: "echo",
    id: "z170",
    group: "z",
    title: "compressed echo, 170 B JSON",
    payload: "json",
    size: 170,
    connections: PING_PONG_CONNECTIONS,
    window: 1,
    compression: true,
  },
  idle("idle-off", false),
  idle("idle-on", true),
];

/**
 * The workloads of these ids or groups, in the catalogue's order; all if none is named.
 *
 * Throws a `TypeError` for a name that is neither.
 */
export function selectWorkloads(names: readonly string[]): readonly Workload[] {
  for (const name of names) {
    if (!WORKLOADS.some((workload) => isNamed(workload, name))) {
      const known = WORKLOADS.map(({ id }) => id).join(", ");
      throw new TypeError(
        `Cannot select workloads: --only must name ids or groups (pp, pl, z, idle), got ${name}; ids: ${known}`,
      );
    }
  }
  if (names.length === 0) return WORKLOADS;
  return WORKLOADS.filter((workload) => names.some((name) => isNamed(workload, name)));
}

function isNamed(workload: Workload, name: string): boolean {
  return workload.id === name || workload.group === name;
}
