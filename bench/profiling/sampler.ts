/** The two ways of taking samples of a running process: `perf`, which sees the kernel, too, and V8's own profiler. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Subject } from "../measuring/stage.ts";
import { type CpuProfile, readCpuProfile } from "./cpu-profile.ts";
import type { HotSpot } from "./hot-spots.ts";
import { readPerfScript } from "./perf-script.ts";

/** Takes samples for so long (s). */
export interface Sampler {
  readonly nodeFlags: readonly string[];
  /** For the page. */
  readonly note: string;
  sample(subject: Subject, seconds: number): Promise<HotSpot[]>;
}

/** Samples a second: not a divisor of a timer's frequency, so that nothing beats with it. */
const FREQUENCY = 1999;

const LONGEST_OUTPUT = 512 * 1024 * 1024;

const run = promisify(execFile);

/** `perf` if it is installed, else V8's own profiler. */
export function chooseSampler(): Sampler {
  return spawnSync("perf", ["--version"]).status === 0 ? PERF : V8;
}

const PERF: Sampler = {
  // Compiled functions' names, in a file that perf finds by the process's number
  nodeFlags: ["--perf-basic-prof"],
  note: `perf, event cpu-clock, ${FREQUENCY} samples a second of CPU time. Functions that V8 only interprets count as V8 builtins.`,
  async sample({ pid }, seconds) {
    const folder = mkdtempSync(join(tmpdir(), "hawser-profile-"));
    const file = join(folder, "perf.data");
    try {
      const record = ["record", "-e", "cpu-clock", "-F", String(FREQUENCY), "-p", String(pid), "-o", file];
      await run("perf", [...record, "--", "sleep", String(seconds)]);
      const { stdout } = await run("perf", ["script", "-i", file, "-F", "ip,sym,dso"], { maxBuffer: LONGEST_OUTPUT });
      return readPerfScript(stdout);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      rmSync(`/tmp/perf-${pid}.map`, { force: true });
    }
  },
};

const V8: Sampler = {
  nodeFlags: [],
  note: "V8's own profiler: perf is not installed (Debian: linux-perf). Native code and the kernel cannot be told apart.",
  async sample(subject, seconds) {
    await subject.startProfile();
    await sleep(seconds * 1000);
    return readCpuProfile((await subject.stopProfile()) as CpuProfile);
  },
};
