import { describe, expect, test } from "vitest";
import { exampleBench } from "../../test/support/example-bench.ts";
import { htmlReport } from "./html-report.ts";
import { loadLine, textReport } from "./text-report.ts";

describe("as text", () => {
  test("the load, a table of latencies, and what was counted", () => {
    expect(
      textReport(exampleBench()),
    ).toBe(`ws://localhost:8080/<b>: echo, 100 clients, 10 messages/s each, 125 bytes, text; 10 s after 2 s of warm-up

ms           count   min  mean   p50   p90   p99  p99.9  p99.99  max
----------  ------  ----  ----  ----  ----  ----  -----  ------  ---
round trip  10,000  0.10  33.4  25.1  81.1  98.2   99.9     100  100

Sent 1,000 messages/s (1.0 Mbit/s), received 990 messages/s (1.0 Mbit/s)
Clients: 100 opened, 0 failed, 2 lost
Error: 3 x no answer within 10 s
Closed by the server: 2 x 1006 (lost without a Close frame, or given up)
Generator: 2 threads, 31.0 % busy, 0.1 % of the messages late
`);
  });

  test("the server's share, notes, and what is broken", () => {
    const server = {
      pid: 42,
      cpu: 0.5,
      cpuPerMessage: 12.5,
      rssBefore: 60 * 1_048_576,
      rssOpen: 70 * 1_048_576,
      rssEnd: 71 * 1_048_576,
      rssPerConnection: 4_800,
      rssPerConnectionEnd: 5_100,
    };
    const broken = [{ threshold: "p99>50ms", value: "98.1 ms" }];
    const text = textReport(exampleBench({ server, broken, notes: ["Only 3 answers."] }));
    expect(text).toContain("Server 42: 50.0 % of a core, 12.5 µs/message\n");
    expect(text).toContain(
      "60.0 MiB before, 70.0 MiB open, 71.0 MiB at the end; for each connection 4,800 bytes, at the end 5,100 bytes",
    );
    expect(text).toContain("\n\nNote: Only 3 answers.\n\nFailed: p99>50ms (98.1 ms)\n");
  });

  test("of a broadcast, how many each message reached", () => {
    const load = { ...exampleBench().load, mode: "broadcast", rate: 5, measured: 1_000 } as const;
    expect(textReport(exampleBench({ load }))).toContain("each message reached 10 of 100");
  });

  test.each([
    [{ mode: "churn", rate: 2 }, "open and close, 100 clients, 2 openings/s each, 125 bytes, text; "],
    [{ mode: "listen", rate: null }, "listen, 100 clients; "],
    [{ rate: null, isBinary: true, isCompressed: true }, "as fast as answers come, 125 bytes, binary, compressed; "],
  ] as const)("%j: %s", (changes, line) => {
    expect(loadLine({ ...exampleBench().load, ...changes })).toContain(line);
  });
});

describe("as HTML", () => {
  test("escapes what others wrote, and draws what there is", () => {
    const page = htmlReport(exampleBench({ notes: ["a < b"] }));
    expect(page).toContain("Load on ws://localhost:8080/&lt;b&gt;");
    expect(page).toContain('<p class="note">a &lt; b</p>');
    expect(page.match(/<svg/g)).toHaveLength(5);
    expect(page).not.toMatch(/NaN|Infinity|undefined|<script/);
  });

  test("without latencies and points, what is left", () => {
    const page = htmlReport(exampleBench({ latency: null, curve: [], timeline: [] }));
    expect(page).not.toContain("<svg");
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("without errors, no plot of them", () => {
    const timeline = exampleBench().timeline.map((point) => ({ ...point, errors: 0 }));
    expect(htmlReport(exampleBench({ timeline })).match(/<svg/g)).toHaveLength(4);
  });
});
