import { describe, expect, test } from "vitest";
import { UsageError } from "../command.ts";
import { createLatencies, recordLatency } from "./latencies.ts";
import { brokenThresholds, type Figures, parseThreshold } from "./thresholds.ts";

function figures(changes: Partial<Figures> = {}): Figures {
  const [latencies, openings] = [createLatencies(), createLatencies()];
  for (let value = 1; value <= 100; value++) recordLatency(latencies, value);
  recordLatency(openings, 20);
  const counts = { rate: 5_000, errors: 2, lost: 1, failed: 0, messages: 1_000, opened: 100, clients: 100 };
  return { latencies, openings, ...counts, ...changes };
}

describe("thresholds", () => {
  test.each([
    ["p99>50ms", "99.0 ms"],
    ["p50 > 0.01s", "50.0 ms"],
    ["p99.9 >= 100ms", "100 ms"],
    ["min<2000us", "1.00 ms"],
    ["mean>50ms", "50.5 ms"],
    ["open-max>10ms", "20.0 ms"],
    ["open-p50>10ms", "20.0 ms"],
    ["rate<10_000", "5,000"],
    ["errors>0", "2"],
    ["errors>=0.2%", "0.200 %"],
    ["lost>0.5%", "1.00 %"],
    ["failed<=0", "0"],
  ])("%s is broken by %s", (text, value) => {
    expect(brokenThresholds([parseThreshold(text)], figures())).toEqual([{ threshold: text, value }]);
  });

  test.each(["p99>100ms", "max>=101ms", "open-p99>1s", "rate<5000", "errors>0.2%", "lost>1", "failed>0"])(
    "%s is kept",
    (text) => {
      expect(brokenThresholds([parseThreshold(text)], figures())).toEqual([]);
    },
  );

  test("a latency of which nothing was measured breaks every threshold", () => {
    const broken = brokenThresholds([parseThreshold("p99>1s")], figures({ latencies: createLatencies() }));
    expect(broken).toEqual([{ threshold: "p99>1s", value: "nothing measured" }]);
  });

  test.each([
    ["p99", "write it as p99>50ms or errors>0.1%."],
    ["p99=50ms", "write it as p99>50ms or errors>0.1%."],
    ["p99>50", "a latency needs a unit: us, ms or s."],
    ["erors>1", "there is no figure erors. Did you mean errors?"],
    ["errors>1ms", "errors is a number, or a percentage."],
    ["rate<5%", "rate is a number."],
  ])("%s is refused", (text, why) => {
    expect(() => parseThreshold(text)).toThrow(new UsageError(`--fail-if ${JSON.stringify(text)}: ${why}`));
  });
});
