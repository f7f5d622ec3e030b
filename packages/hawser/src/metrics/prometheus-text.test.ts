import { expect, test } from "vitest";
import { parsePrometheus } from "../../test/support/prometheus-parser.ts";
import { prometheusText } from "./prometheus-text.ts";
import type { MetricSnapshot } from "./snapshot.ts";

const SNAPSHOT: MetricSnapshot = [
  {
    name: "a_total",
    help: 'Says "a", \\ and\nmore.',
    type: "counter",
    samples: [
      { labels: {}, value: 12 },
      { labels: { b: 'x"y\\z\nw', c: "é" }, value: 1e21 },
    ],
  },
  {
    name: "g",
    help: "G.",
    type: "gauge",
    samples: [
      { labels: { n: "1" }, value: Number.POSITIVE_INFINITY },
      { labels: { n: "2" }, value: Number.NEGATIVE_INFINITY },
      { labels: { n: "3" }, value: Number.NaN },
      { labels: { n: "4" }, value: -0.5 },
    ],
  },
  { name: "empty", help: "Nothing.", type: "gauge", samples: [] },
  {
    name: "h_seconds",
    help: "H.",
    type: "histogram",
    samples: [
      {
        labels: { k: "v" },
        buckets: [
          { le: 0.5, count: 1 },
          { le: 1, count: 3 },
        ],
        sum: 2.5,
        count: 4,
      },
    ],
  },
];

test("the format's every case", () => {
  expect(prometheusText(SNAPSHOT)).toBe(`# HELP a_total Says "a", \\\\ and\\nmore.
# TYPE a_total counter
a_total 12
a_total{b="x\\"y\\\\z\\nw",c="é"} 1e+21
# HELP g G.
# TYPE g gauge
g{n="1"} +Inf
g{n="2"} -Inf
g{n="3"} NaN
g{n="4"} -0.5
# HELP h_seconds H.
# TYPE h_seconds histogram
h_seconds_bucket{k="v",le="0.5"} 1
h_seconds_bucket{k="v",le="1"} 3
h_seconds_bucket{k="v",le="+Inf"} 4
h_seconds_sum{k="v"} 2.5
h_seconds_count{k="v"} 4
`);
  expect([...parsePrometheus(prometheusText(SNAPSHOT)).keys()]).toEqual(["a_total", "g", "h_seconds"]);
});

test("nothing", () => {
  expect(prometheusText([])).toBe("");
});
