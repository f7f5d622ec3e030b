/** One run of one workload on one peer. */
import type { Peer } from "../peers/catalogue.ts";
import type { Pinning } from "../processes/pinning.ts";
import type { ThroughputWorkload, Workload } from "../workloads/workload.ts";
import type { Figure, MeasureSettings } from "./figure.ts";
import { measureIdle } from "./measure-idle.ts";
import { measureThroughput } from "./measure-throughput.ts";
import { applicationFor, listenPlanFor, loadPlanFor } from "./plans.ts";
import { onClientStage, onServerStage, type Stage, type StageSettings } from "./stage.ts";

/** Makes a run. */
export type Measure = (workload: Workload, peer: Peer) => Promise<Figure[]>;

/** A {@link Measure} with processes of its own for each run. It rejects if a peer fails or a message is wrong or missing. */
export function createMeasure(settings: MeasureSettings, pinning: Pinning): Measure {
  return (workload, peer) => {
    if (workload.kind === "idle") {
      const stageSettings = { application: applicationFor(workload), compression: workload.compression, pinning };
      return onServerStage(peer, stageSettings, (stage) => measureIdle(workload, stage, settings));
    }
    return onLoadedStage(workload, peer, { pinning }, (stage) => measureThroughput(workload, stage, settings));
  };
}

/** Runs `act` when the process under test and all connections of the workload are there: the load can start. */
export function onLoadedStage<Result>(
  workload: ThroughputWorkload,
  peer: Peer,
  settings: Pick<StageSettings, "pinning" | "nodeFlags">,
  act: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const stageSettings = { ...settings, application: applicationFor(workload), compression: workload.compression };
  if (workload.side === "server") {
    return onServerStage(peer, stageSettings, async (stage) => {
      await stage.load.open(loadPlanFor(workload, stage.port));
      return act(stage);
    });
  }
  if (workload.kind !== "echo" && workload.kind !== "ingest")
    throw new TypeError(`Cannot measure: no ${workload.kind} workload exists for clients`);
  return onClientStage(peer, stageSettings, listenPlanFor(workload), act);
}
