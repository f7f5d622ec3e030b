/**
 * Echo throughput: messages that came back for each second of CPU time that the server used.
 *
 * CPU time and not the clock's, because other work on the machine takes the clock's time away, and because a faster server
 * may well find the generator too slow.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { GeneratorCount } from "../generator/main.ts";
import type { EchoWorkload } from "../workloads/workload.ts";
import type { Figure, MeasureSettings } from "./figure.ts";
import type { Stage } from "./stage.ts";

const MICROSECONDS = 1e6;

interface Sample {
  readonly at: number;
  readonly server: number;
  readonly generator: GeneratorCount;
}

/** Warms up, measures between two samples, then waits for every message to come back right. */
export async function measureEcho(workload: EchoWorkload, stage: Stage, settings: MeasureSettings): Promise<Figure[]> {
  const { connections, window, payload, size, compression } = workload;
  const { port, load } = stage;
  await load.open({ port, connections, window, payload, size, compression, answersPings: false });
  await load.start();
  await sleep(settings.warmUp * 1000);
  const before = await takeSample(stage);
  await sleep(settings.seconds * 1000);
  const after = await takeSample(stage);
  await load.finish();
  return [echoFigure(workload.id, before, after)];
}

async function takeSample({ serverCpu, load }: Stage): Promise<Sample> {
  const [server, generator] = await Promise.all([serverCpu(), load.count()]);
  return { at: performance.now() * 1000, server, generator };
}

/** The figure of the window between two samples. Throws if nothing came back in it. */
export function echoFigure(row: string, before: Sample, after: Sample): Figure {
  const messages = after.generator.messages - before.generator.messages;
  const cpu = after.server - before.server;
  const elapsed = after.at - before.at;
  if (messages <= 0) throw new Error("no message came back within the measured window");
  return {
    row,
    value: (messages / cpu) * MICROSECONDS,
    circumstances: {
      messagesPerSecond: (messages / elapsed) * MICROSECONDS,
      serverBusy: cpu / elapsed,
      generatorBusy: (after.generator.cpu - before.generator.cpu) / elapsed,
      bytesPerReply: (after.generator.bytes - before.generator.bytes) / messages,
    },
  };
}
