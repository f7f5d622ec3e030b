import { expect, test } from "vitest";
import { mergeSnapshots } from "./merge-snapshots.ts";
import type { HistogramSample, MetricFamily, MetricSample } from "./snapshot.ts";

function family(samples: readonly MetricSample[], type: MetricFamily["type"] = "counter"): MetricFamily {
  return { name: "a", help: "A.", type, samples };
}

function histogram(counts: Readonly<Record<number, number>>, sum: number, count: number): HistogramSample {
  return {
    labels: {},
    buckets: Object.entries(counts).map(([le, inIt]) => ({ le: Number(le), count: inIt })),
    sum,
    count,
  };
}

const ONE = { labels: { x: "1", y: "2" }, value: 1 };

test.each<[string, Parameters<typeof mergeSnapshots>[0], readonly MetricFamily[]]>([
  ["nothing", [], []],
  ["one part", [{ snapshot: [family([ONE])] }], [family([ONE])]],
  [
    "the same labels, in whichever order, are summed",
    [{ snapshot: [family([ONE])] }, { snapshot: [family([{ labels: { y: "2", x: "1" }, value: 4 }])] }],
    [family([{ ...ONE, value: 5 }])],
  ],
  [
    "labels of the parts keep them apart",
    [
      { labels: { worker: "1" }, snapshot: [family([ONE])] },
      { labels: { worker: "2" }, snapshot: [family([ONE])] },
    ],
    [
      family([
        { labels: { ...ONE.labels, worker: "1" }, value: 1 },
        { labels: { ...ONE.labels, worker: "2" }, value: 1 },
      ]),
    ],
  ],
  [
    "histograms are summed bucket by bucket",
    [
      { snapshot: [family([histogram({ 1: 1, 2: 3 }, 5, 4)], "histogram")] },
      { snapshot: [family([histogram({ 1: 2, 2: 2 }, 2, 2)], "histogram")] },
    ],
    [family([histogram({ 1: 3, 2: 5 }, 7, 6)], "histogram")],
  ],
  [
    "of buckets that only one has nothing is said",
    [
      { snapshot: [family([histogram({ 1: 1, 2: 3 }, 5, 4)], "histogram")] },
      { snapshot: [family([histogram({ 2: 1, 4: 2 }, 2, 2)], "histogram")] },
    ],
    [family([histogram({ 2: 4 }, 7, 6)], "histogram")],
  ],
  [
    "the first type stands, and samples of another are left out",
    [{ snapshot: [family([ONE])] }, { snapshot: [family([ONE], "gauge")] }],
    [family([ONE])],
  ],
  [
    "so does the first kind of sample",
    [{ snapshot: [family([{ labels: {}, value: 1 }])] }, { snapshot: [family([histogram({ 1: 1 }, 1, 1)])] }],
    [family([{ labels: {}, value: 1 }])],
  ],
])("%s", (_case, parts, expected) => {
  expect(mergeSnapshots(parts)).toEqual(expected);
  expect(mergeSnapshots(JSON.parse(JSON.stringify(parts)))).toEqual(expected);
});
