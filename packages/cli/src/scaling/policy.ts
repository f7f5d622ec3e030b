/**
 * When to add workers and when to remove one. Pure: load and the time go in, a number of workers comes out.
 *
 * Adding is quick, removing is slow: a worker too few is felt by everybody, one too many costs a little, and removing one
 * makes its clients reconnect. Both go by what the load needed throughout a window, so a peak adds nothing, and a dip
 * removes nothing.
 */

export interface ScalingTimings {
  /** Milliseconds for which more must be needed before workers are added. */
  readonly addAfter: number;
  /** Milliseconds for which fewer must be needed before one is removed. */
  readonly removeAfter: number;
  /** Milliseconds between a change and adding. Time for new workers to start and be seen. */
  readonly addPause: number;
  /** Milliseconds between a change and removing. Time for the clients of the one before to come back. */
  readonly removePause: number;
  /** Share of the target by which the workers that would be left must stay below it. */
  readonly margin: number;
}

/** Adding after seconds and removing after minutes is what autoscalers of clusters settled on, too. */
export const SCALING_TIMINGS: ScalingTimings = {
  addAfter: 5_000,
  removeAfter: 300_000,
  addPause: 15_000,
  removePause: 60_000,
  margin: 0.1,
};

export interface WorkerBounds {
  readonly least: number;
  readonly most: number;
}

export interface ScalingSample {
  /** Milliseconds on any clock that does not go back. */
  readonly at: number;
  /** Workers that are wanted now. */
  readonly target: number;
  /** Of all workers together, in the unit of the load that each should have. */
  readonly load: number;
  /** Whether the supervisor is free to start workers. */
  readonly canAdd: boolean;
  /** Whether all wanted workers are there and none is on its way out. */
  readonly canRemove: boolean;
}

interface Need {
  readonly at: number;
  /** Workers with which each has its load at most. */
  readonly toHold: number;
  /** Workers with which each stays below it by the margin. */
  readonly toRelax: number;
}

/** Sums of shares are a little off; `ceil` must not see that. */
const ROUNDING = 1e-9;

export class ScalingPolicy {
  readonly #each: number;
  readonly #bounds: WorkerBounds;
  readonly #timings: ScalingTimings;
  /** The oldest first, as far back as the longer window. */
  #needs: Need[] = [];
  #target: number | undefined;
  #changedAt = Number.NEGATIVE_INFINITY;

  /** @param each the load that one worker should have */
  constructor(each: number, bounds: WorkerBounds, timings: ScalingTimings = SCALING_TIMINGS) {
    this.#each = each;
    this.#bounds = bounds;
    this.#timings = timings;
  }

  /** Takes what is the case now; returns how many workers there should be. Call it about once a second. */
  observe(sample: ScalingSample): number {
    const { least, most } = this.#bounds;
    this.#remember(sample);
    const bounded = Math.min(Math.max(sample.target, least), most);
    if (bounded !== sample.target) return sample.canAdd ? bounded : sample.target;
    if (this.#mayAdd(sample)) {
      const needed = this.#leastNeeded(sample.at);
      if (needed > sample.target) return Math.min(needed, most);
    }
    const mayRemove = this.#mayRemove(sample) && this.#mostNeeded() < sample.target;
    return mayRemove ? Math.max(sample.target - 1, least) : sample.target;
  }

  #remember({ at, target, load }: ScalingSample): void {
    // Whoever changed it: a signal and `hawser scale` count as well
    if (this.#target !== undefined && target !== this.#target) this.#changedAt = at;
    this.#target = target;
    const { removeAfter, margin } = this.#timings;
    const workersAt = (share: number) => Math.ceil(load / (this.#each * share) - ROUNDING);
    this.#needs.push({ at, toHold: workersAt(1), toRelax: workersAt(1 - margin) });
    // One that is older stays, as the proof that the window is full
    while (this.#needs.length > 1 && this.#needs[1]!.at <= at - removeAfter) this.#needs.shift();
  }

  #mayAdd({ at, canAdd }: ScalingSample): boolean {
    const { addAfter, addPause } = this.#timings;
    return canAdd && at - this.#changedAt >= addPause && this.#needs[0]!.at <= at - addAfter;
  }

  #mayRemove({ at, canRemove }: ScalingSample): boolean {
    const { removeAfter, removePause } = this.#timings;
    return canRemove && at - this.#changedAt >= removePause && this.#needs[0]!.at <= at - removeAfter;
  }

  /** What was needed all the time of the short window. */
  #leastNeeded(at: number): number {
    const from = at - this.#timings.addAfter;
    let least = Number.POSITIVE_INFINITY;
    // Back to the last sample before the window: until the next one, its load was the load
    for (let index = this.#needs.length - 1; index >= 0; index--) {
      const need = this.#needs[index]!;
      least = Math.min(least, need.toHold);
      if (need.at <= from) break;
    }
    return least;
  }

  /** What was needed at some time of the long window. */
  #mostNeeded(): number {
    return this.#needs.reduce((most, { toRelax }) => Math.max(most, toRelax), 0);
  }
}
