/** The result of a load as a run leaves it. */

import { createLatencies, percentileCurve, recordLatency, summarize } from "../../src/bench/latencies.ts";
import type { BenchResult } from "../../src/bench/result.ts";

export function exampleBench(changes: Partial<BenchResult> = {}): BenchResult {
  const latencies = createLatencies();
  for (let value = 1; value <= 10_000; value++) recordLatency(latencies, 0.1 + value ** 2 / 1e6);
  const timeline = Array.from({ length: 20 }, (_, index) => ({
    time: (index + 1) * 500,
    open: 100,
    opened: 0,
    sent: 1_000 + index,
    received: 990 + index,
    errors: index === 10 ? 3 : 0,
    p50: index === 12 ? null : 1 + index / 10,
    p90: 5,
    p99: 20 + index,
    max: 90,
  }));
  return {
    version: 1,
    startedAt: "2026-03-02T09:00:00.000Z",
    machine: { node: "v20.19.0", processor: "Example 1", cores: 4, platform: "linux" },
    load: {
      url: "ws://localhost:8080/<b>",
      mode: "echo",
      clients: 100,
      rate: 10,
      messages: "125 bytes",
      isBinary: false,
      isCompressed: false,
      ramp: 100,
      warmup: 2_000,
      duration: 10_000,
      measured: 10_000,
    },
    clients: { opened: 100, failed: 0, lost: 2 },
    throughput: { opened: 0, sent: 1_000, received: 990, bytesSent: 125_000, bytesReceived: 124_000 },
    latency: summarize(latencies)!,
    curve: percentileCurve(latencies),
    opening: null,
    errors: [{ kind: "no answer within 10 s", count: 3 }],
    closes: [{ code: 1006, count: 2 }],
    timeline,
    generator: {
      threads: 2,
      utilization: 0.31,
      starved: 0.01,
      late: 0.001,
      machineBusy: 0.4,
      isBottleneck: false,
    },
    server: null,
    notes: [],
    broken: [],
    ...changes,
  };
}
