/** Where and on what the figures were taken: without it they mean nothing. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** The commit that was measured, with `+changes` if files differ from it; `unknown` without git. */
  readonly commit: string;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    node: process.version,
    commit: describeCommit(),
  };
}

/** How busy the machine is before anything is measured: what others do shows in times, and less in ratios. */
export function describeLoad(): string {
  return `Load average before: ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores.`;
}

/** Files that this process and its children may have open; `Infinity` where the system does not say. */
export function openFilesLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}

/** What the benchmark itself writes changes nothing that is measured. */
const WRITTEN = [":(top,exclude)bench/results", ":(top,exclude)README.md"];

function describeCommit(): string {
  const commit = git("rev-parse", "--short", "HEAD");
  if (commit === "") return "unknown";
  return git("status", "--porcelain", "--untracked-files=no", "--", ":/", ...WRITTEN) === ""
    ? commit
    : `${commit}+changes`;
}

function git(...words: string[]): string {
  const { status, stdout } = spawnSync("git", words, { cwd: import.meta.dirname, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}
