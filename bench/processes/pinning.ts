/**
 * Which cores the server and the load generator run on.
 *
 * Apart, neither steals the other's time; without `taskset` or with one core they share what there is, and the results say so.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Pinning {
  readonly server: number | undefined;
  readonly generator: number | undefined;
  /** For the results: what was done, or why not. */
  readonly note: string;
}

/** Looks at the cores that this process may use, and at whether `taskset` is installed. */
export function choosePinning(): Pinning {
  const cpus = allowedCpus();
  if (cpus.length < 2) return unpinned("fewer than two cores are known to be free to use");
  if (spawnSync("taskset", ["--version"]).status !== 0) return unpinned("`taskset` is not installed");
  const [server, generator] = cpus;
  return { server, generator, note: `Server pinned to core ${server}, load generator to core ${generator}.` };
}

/**
 * Moves this process to the generator's core, for measurements that make the load themselves.
 *
 * @returns moves it back
 */
export function pinGenerator({ generator }: Pinning): () => void {
  if (generator === undefined) return () => {};
  const before = allowedCpus();
  moveTo([generator]);
  return () => moveTo(before);
}

function moveTo(cpus: readonly number[]): void {
  spawnSync("taskset", ["-apc", cpus.join(","), String(process.pid)]);
}

/** The numbers in a list such as `0-2,5`, as Linux writes sets of cores. */
export function parseCpuList(list: string): number[] {
  return list.split(",").flatMap((range) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range.trim());
    if (match === null) return [];
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function unpinned(why: string): Pinning {
  return { server: undefined, generator: undefined, note: `Server and load generator not pinned to cores: ${why}.` };
}

function allowedCpus(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return parseCpuList(list ?? "");
  } catch {
    return [];
  }
}
