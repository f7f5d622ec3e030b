import { expect, test } from "vitest";
import { examplePlan } from "../../test/support/example-plan.ts";
import { htmlReport } from "./html-report.ts";
import { textReport } from "./text-report.ts";

test("as text: the steps, the curve, what one process carries, how many, and what to set", () => {
  const text = textReport(examplePlan(), 60);
  expect(text).toContain("35,000          35,000  75.0 %     76.0 %    1.75    17.5\n");
  expect(text).toContain("60,000          45,000  95.0 %     96.0 %    2.25    22.5  saturated\n");
  expect(text).toContain(
    "One process, 30 % of its time left free\n  messages     32,000/s (20.0 µs of CPU each; ± 0 %)",
  );
  expect(text).toContain("connections  3,200 at 10 messages/s each: CPU is what ends first");
  expect(text).toContain("memory       60.0 MiB, and 4,800 bytes for each open connection (± 4 %), 6,000 bytes after");
  expect(text).toContain("processes  4\n  each       2,500 connections, 25,000 messages/s, 55 % of a core, 74.3 MiB");
  expect(text).toContain("  serve(handler, { maxConnections: 3700, backlog: 511 })  ");
  expect(text).toContain("  hawser run <app>.mjs --workers 4..8 --scale connections=3233  # or --scale cpu=70\n");
  expect(text).toMatch(/\nNote: measured on a < quiet machine\n$/);
  // Nothing of the curve is wider than the terminal
  const curve = text.split("\n").filter((line) => /\|/.test(line));
  expect(curve.length).toBeGreaterThan(5);
  expect(curve.every((line) => line.length <= 60)).toBe(true);
});

test("without latencies, there is no curve", () => {
  const result = examplePlan();
  const steps = result.measured.steps.map((step) => ({ ...step, p50: null, p99: null }));
  const without = { ...result, measured: { ...result.measured, steps } };
  expect(textReport(without)).not.toContain("99th percentile");
  expect(htmlReport(without)).not.toMatch(/NaN|Infinity|undefined/);
});

test("as HTML: escaped, with both curves", () => {
  const page = htmlReport(examplePlan());
  expect(page).toContain("<title>Plan for &lt;app&gt;.mjs</title>");
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(page).not.toMatch(/NaN|Infinity|undefined|<script/);
});
