/** One run of one workload on one peer. */
import type { Peer } from "../peers/catalogue.ts";
import type { Pinning } from "../processes/pinning.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Figure, MeasureSettings } from "./figure.ts";
import { measureEcho } from "./measure-echo.ts";
import { measureIdle } from "./measure-idle.ts";
import { onStage, type Stage } from "./stage.ts";

/** Makes a run. */
export type Measure = (workload: Workload, peer: Peer) => Promise<Figure[]>;

/** A {@link Measure} with processes of its own for each run. It rejects if a server fails or an echo is wrong. */
export function createMeasure(settings: MeasureSettings, pinning: Pinning): Measure {
  return (workload, peer) =>
    onStage(peer, { compression: workload.compression, pinning }, (stage) => runOn(stage, workload, settings));
}

function runOn(stage: Stage, workload: Workload, settings: MeasureSettings): Promise<Figure[]> {
  switch (workload.kind) {
    case "echo":
      return measureEcho(workload, stage, settings);
    case "idle":
      return measureIdle(workload, stage, settings);
    default:
      return workload satisfies never;
  }
}
