/**
 * What the workers count, by their places: what those have counted that have ended stays in the sum, so that it never goes back while
 * workers come and go.
 */

import { type MetricSnapshot, mergeSnapshots, type SnapshotPart } from "hawser/metrics";
import type { Worker } from "./worker.ts";

export class MetricsLedger {
  /** Of workers that have ended, by the number of their place. */
  readonly #past: Map<number, MetricSnapshot> = new Map();

  /** It counts no more. */
  ended({ id, link }: Pick<Worker, "id" | "link">): void {
    const parts = [{ snapshot: this.#past.get(id) ?? [] }, { snapshot: grownOf(link.counted) }];
    this.#past.set(id, mergeSnapshots(parts));
  }

  /** Asks all of them. Of one that does not answer, there is what it told last, without what goes up and down. */
  async collect(workers: readonly Worker[]): Promise<readonly SnapshotPart[]> {
    const haveAnswered = await Promise.all(
      workers.map(({ link }) =>
        link.collect().then(
          () => true,
          () => false,
        ),
      ),
    );
    const newest = new Map(workers.filter(({ isAlive }) => isAlive).map((worker) => [worker.id, worker]));
    const past = [...this.#past].map(([id, snapshot]) => ({ labels: labelsOf(id), snapshot }));
    const present = workers.flatMap((worker, index) => {
      // Meanwhile it has become part of the past
      if (!worker.isAlive) return [];
      const labels = labelsOf(worker.id);
      const grown = { labels, snapshot: grownOf(worker.link.counted) };
      if (haveAnswered[index] !== true) return [grown];
      const levels = levelsOf(worker.link.counted);
      return [
        grown,
        { labels: newest.get(worker.id) === worker ? labels : { ...labels, ...LEAVING }, snapshot: levels },
      ];
    });
    return [...past, ...present];
  }
}

/** While one worker takes another's place: the sum of two levels, such as two times of start, would be none. */
const LEAVING = { leaving: "true" };

function labelsOf(id: number): Readonly<Record<string, string>> {
  return { worker: String(id) };
}

function grownOf(snapshot: MetricSnapshot): MetricSnapshot {
  return snapshot.filter(({ type }) => type !== "gauge");
}

function levelsOf(snapshot: MetricSnapshot): MetricSnapshot {
  return snapshot.filter(({ type }) => type === "gauge");
}
