/**
 * Throughput: what was done for each second of CPU time that the process under test used.
 *
 * CPU time and not the clock's, because other work on the machine takes the clock's time away, and because a fast server
 * may well find the generator too slow. What goes in one direction is counted where it arrives, in the application.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { GeneratorCount } from "../generator/main.ts";
import type { SubjectSample } from "../peers/figures.ts";
import type { ThroughputWorkload } from "../workloads/workload.ts";
import type { Figure, MeasureSettings } from "./figure.ts";
import type { Stage } from "./stage.ts";

const MICROSECONDS = 1e6;

/** How long what was sent may take to reach the application after the last write (ms). */
const ARRIVAL_TIMEOUT = 10_000;

/** Between two questions whether everything has arrived (ms). */
const ARRIVAL_INTERVAL = 20;

/** Both sides at about the same time. */
export interface Sample {
  /** Of the clock (µs). */
  readonly at: number;
  readonly subject: SubjectSample;
  readonly generator: GeneratorCount;
}

/** Warms up, measures between two samples, then waits until everything has come to its end, and come out right. */
export async function measureThroughput(
  workload: ThroughputWorkload,
  stage: Stage,
  settings: MeasureSettings,
): Promise<Figure[]> {
  const { load } = stage;
  await load.start();
  await sleep(settings.warmUp * 1000);
  const before = await takeSample(stage);
  await sleep(settings.seconds * 1000);
  const after = await takeSample(stage);
  const sent = await load.finish();
  if (workload.kind === "ingest") await expectArrival(stage, sent.messages, workload.size);
  return [throughputFigure(workload, before, after)];
}

/** What both sides have done so far. */
export async function takeSample({ subject, load }: Stage): Promise<Sample> {
  const [sample, generator] = await Promise.all([subject.sample(), load.count()]);
  return { at: performance.now() * 1000, subject: sample, generator };
}

/** Rejects unless all of so many messages reach the application, and no more. */
async function expectArrival({ subject }: Stage, messages: number, size: number): Promise<void> {
  const deadline = performance.now() + ARRIVAL_TIMEOUT;
  for (;;) {
    const arrived = await subject.sample();
    if (arrived.messages === messages && arrived.bytes === messages * size) return;
    if (arrived.messages >= messages || performance.now() > deadline)
      throw new Error(`${arrived.messages} messages of ${arrived.bytes} bytes arrived, ${messages} were sent`);
    await sleep(ARRIVAL_INTERVAL);
  }
}

/** The figure of the window between two samples. Throws if nothing was done in it. */
export function throughputFigure({ id, kind }: ThroughputWorkload, before: Sample, after: Sample): Figure {
  const counted = kind === "ingest" ? "subject" : "generator";
  const done = after[counted].messages - before[counted].messages;
  const bytes = after[counted].bytes - before[counted].bytes;
  const cpu = after.subject.cpu - before.subject.cpu;
  const elapsed = after.at - before.at;
  if (done <= 0) throw new Error("nothing was done within the measured window");
  return {
    row: id,
    value: (done / cpu) * MICROSECONDS,
    circumstances: {
      perSecond: (done / elapsed) * MICROSECONDS,
      subjectBusy: cpu / elapsed,
      generatorBusy: (after.generator.cpu - before.generator.cpu) / elapsed,
      bytesEach: bytes / done,
    },
  };
}
