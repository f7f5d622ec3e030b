/**
 * The three probes: whether the supervisor is alive, and whether a router should send connections. Pure.
 */

import type { SupervisorState, SupervisorStatus, WorkerStatus } from "../run/supervision.ts";
import { type Answer, textAnswer } from "./answer.ts";

/** States in which workers may be ready and connections are still not wanted. */
const ENDING: readonly SupervisorState[] = ["stopping", "stopped", "failed"];

interface Check {
  readonly isPassed: boolean;
  readonly what: string;
}

/** `/livez`: it is answered, so the loop runs. */
export function livezAnswer({ state }: SupervisorStatus, isVerbose: boolean): Answer {
  return probeAnswer([{ isPassed: true, what: `supervisor: answers, ${state}` }], isVerbose, "not alive");
}

/** `/readyz` and `/healthz`. */
export function readyzAnswer(status: SupervisorStatus, isVerbose: boolean): Answer {
  const isEnding = ENDING.includes(status.state);
  const checks = [
    { isPassed: !isEnding, what: `supervisor: ${status.state}` },
    { isPassed: countIn(status, "ready") > 0, what: `workers: ${workersText(status)}` },
  ];
  return probeAnswer(checks, isVerbose, "not ready");
}

function probeAnswer(checks: readonly Check[], isVerbose: boolean, failure: string): Answer {
  const isPassed = checks.every((check) => check.isPassed);
  const lines = isVerbose ? checks.map((check) => `[${check.isPassed ? "+" : "-"}] ${check.what}\n`) : [];
  return textAnswer(isPassed ? 200 : 503, `${lines.join("")}${isPassed ? "ok" : failure}\n`);
}

/** `2 of 4 ready, 1 starting, 1 draining`. */
function workersText(status: SupervisorStatus): string {
  const others = (["starting", "draining", "stopping"] as const)
    .map((state) => ({ state, count: countIn(status, state) }))
    .filter(({ count }) => count > 0);
  const parts = [
    `${countIn(status, "ready")} of ${status.target} ready`,
    ...others.map(({ state, count }) => `${count} ${state}`),
  ];
  return parts.join(", ");
}

function countIn({ workers }: SupervisorStatus, state: WorkerStatus["state"]): number {
  return workers.filter((worker) => worker.state === state).length;
}
