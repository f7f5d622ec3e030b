/**
 * The loop around the policy: looks at the workers once a second and says how many are wanted.
 */

import type { ScaleRule } from "../config/run-grammars.ts";
import type { Supervision, SupervisorStatus } from "../run/supervision.ts";
import { type LoadFigures, loadFigures } from "./figures.ts";
import { ScalingPolicy, type ScalingSample, type ScalingTimings, type WorkerBounds } from "./policy.ts";

export interface AutoscalerOptions {
  readonly rule: ScaleRule;
  readonly bounds: WorkerBounds;
  readonly timings?: ScalingTimings;
  /** Told of each change, after it. */
  readonly onScale?: (change: ScalingChange) => void;
  /** Told of what the supervision threw. The loop goes on. */
  readonly onError?: (error: unknown) => void;
}

export interface ScalingChange extends LoadFigures {
  readonly from: number;
  readonly to: number;
}

export interface Autoscaler {
  stop(): void;
}

/** Milliseconds between two looks: the workers' own figures are as old. */
const INTERVAL = 1_000;

/** Runs until it is stopped; keeps no process alive. */
export function startAutoscaler(
  supervision: Pick<Supervision, "status" | "setTarget">,
  { rule, bounds, timings, onScale, onError }: AutoscalerOptions,
): Autoscaler {
  const policy = new ScalingPolicy(rule.target, bounds, timings);
  const look = () => {
    const status = supervision.status();
    const sample = sampleOf(status, rule, performance.now());
    const target = policy.observe(sample);
    if (target === sample.target) return;
    supervision.setTarget(target);
    onScale?.({ from: sample.target, to: target, ...loadFigures(status) });
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      onError?.(error);
    }
  }, INTERVAL);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

function sampleOf(status: SupervisorStatus, { kind }: ScaleRule, at: number): ScalingSample {
  const { target, state, workers } = status;
  const figures = loadFigures(status);
  const isRunning = state === "running";
  const isWhole =
    figures.ready === target && workers.every((worker) => worker.state === "ready" || worker.state === "dead");
  const load = kind === "cpu" ? figures.cpu : figures.connections;
  return { at, target, load, canAdd: isRunning, canRemove: isRunning && isWhole };
}
