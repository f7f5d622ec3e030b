/** How a plan is measured: how long, with how many, and at which shares of what the program can do. */

export interface Stages {
  /** Clients that send as fast as answers come, to have code compiled and to see what about is possible. */
  readonly warmupClients: number;
  readonly warmup: number;
  /** Messages that each connection has before memory is read again, about. */
  readonly exchange: number;
  /** Of what was possible at first, or of where it was saturated. */
  readonly shares: readonly number[];
  /** Of all passes: the first goes on beyond the shares until nothing more comes back. */
  readonly mostSteps: number;
  /** How often all of them are measured. */
  readonly passes: number;
  /** ms */
  readonly settle: number;
  readonly step: number;
}

const FULL: Stages = {
  warmupClients: 50,
  warmup: 2_000,
  exchange: 10,
  shares: [0.15, 0.3, 0.5, 0.7, 0.85, 1],
  mostSteps: 15,
  passes: 2,
  settle: 300,
  step: 1_200,
};

const QUICK: Stages = { ...FULL, warmup: 1_000, shares: [0.2, 0.5, 0.8, 1], mostSteps: 8, passes: 1, step: 800 };

export function stagesFor(isQuick: boolean): Stages {
  return isQuick ? QUICK : FULL;
}

/** Milliseconds that measuring takes, about: the unit of the progress bar. */
export function totalWork({ warmup, passes, shares, settle, step }: Stages): number {
  return START_WORK + warmup + 3 * MEMORY_WORK + (shares.length + (passes - 1) * shares.length + 2) * (settle + step);
}

export const START_WORK = 500;
export const MEMORY_WORK = 1_000;
