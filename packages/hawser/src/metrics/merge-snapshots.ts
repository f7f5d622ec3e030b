/**
 * Several processes' metrics in one.
 */

import type {
  HistogramSample,
  MetricFamily,
  MetricLabels,
  MetricSample,
  MetricSnapshot,
  ValueSample,
} from "./snapshot.ts";

/** What one process tells, and the labels by which its samples are known from those of others. */
export interface SnapshotPart {
  readonly labels?: MetricLabels;
  readonly snapshot: MetricSnapshot;
}

interface Gathered {
  readonly family: MetricFamily;
  readonly samples: Map<string, MetricSample>;
}

/**
 * Joins snapshots into one: `labels` are added to each sample of their part, and samples of one name with the same labels are
 * summed. A family's text and type are those of the first part that has it; samples of another kind under its name are left out.
 */
export function mergeSnapshots(parts: readonly SnapshotPart[]): MetricSnapshot {
  const gathered = new Map<string, Gathered>();
  for (const { labels = {}, snapshot } of parts) {
    for (const family of snapshot) gather(gathered, family, labels);
  }
  return [...gathered.values()].map(({ family, samples }) => ({ ...family, samples: [...samples.values()] }));
}

function gather(gathered: Map<string, Gathered>, family: MetricFamily, labels: MetricLabels): void {
  const known = gathered.get(family.name) ?? { family, samples: new Map() };
  gathered.set(family.name, known);
  if (known.family.type !== family.type) return;
  for (const sample of family.samples) {
    const labelled = { ...sample, labels: { ...sample.labels, ...labels } };
    const key = keyOf(labelled.labels);
    const existing = known.samples.get(key);
    known.samples.set(key, existing === undefined ? labelled : sum(existing, labelled));
  }
}

/** The same for the same labels, in whichever order. */
function keyOf(labels: MetricLabels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sum(a: MetricSample, b: MetricSample): MetricSample {
  if (isHistogram(a) && isHistogram(b)) return sumHistograms(a, b);
  return isHistogram(a) || isHistogram(b) ? a : { labels: a.labels, value: a.value + b.value };
}

/** Of buckets that only one of them has nothing can be said: those that both have are kept. */
function sumHistograms(a: HistogramSample, b: HistogramSample): HistogramSample {
  const others = new Map(b.buckets.map(({ le, count }) => [le, count]));
  const buckets = a.buckets.flatMap(({ le, count }) => {
    const other = others.get(le);
    return other === undefined ? [] : [{ le, count: count + other }];
  });
  return { labels: a.labels, buckets, sum: a.sum + b.sum, count: a.count + b.count };
}

export function isHistogram(sample: ValueSample | HistogramSample): sample is HistogramSample {
  return "buckets" in sample;
}
