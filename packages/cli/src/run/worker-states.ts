/**
 * The states of a worker and the only moves between them. Knows no process and no time.
 *
 * - starting: its process runs, and has not said that a server listens.
 * - ready: it gets connections.
 * - draining: it gets no more, and closes those it has, one after the other.
 * - stopping: it closes everything at once, or was killed.
 * - dead: its process has ended.
 */

export type WorkerState = "starting" | "ready" | "draining" | "stopping" | "dead";
export type WorkerTrigger = "ready" | "drain" | "stop" | "exit";

const MOVES = {
  starting: { ready: "ready", drain: "stopping", stop: "stopping", exit: "dead" },
  ready: { drain: "draining", stop: "stopping", exit: "dead" },
  draining: { stop: "stopping", exit: "dead" },
  stopping: { exit: "dead" },
  dead: {},
} as const satisfies Record<WorkerState, Partial<Record<WorkerTrigger, WorkerState>>>;

/** The state after `trigger`; `undefined`: it means nothing in this state. */
export function next(state: WorkerState, trigger: WorkerTrigger): WorkerState | undefined {
  const moves: Partial<Record<WorkerTrigger, WorkerState>> = MOVES[state];
  return moves[trigger];
}

/** Whether a worker of that state is there to stay: one that ends now has not been asked to. */
export function isWanted(state: WorkerState): boolean {
  return state === "starting" || state === "ready";
}
