import { describe, expect, test } from "vitest";
import { lineChart } from "./line-chart.ts";
import { linearScale, logarithmicScale } from "./scale.ts";

describe("a scale", () => {
  test.each([
    [0, 97, [0, 20, 40, 60, 80, 100]],
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 3_420, [0, 1_000, 2_000, 3_000, 4_000]],
    [0, 0, [0, 0.2]],
  ])("from %d to %d has round ticks", (least, most, ticks) => {
    expect(linearScale(least, most).ticks).toEqual(ticks);
  });

  test("places values between its ends", () => {
    const { place } = linearScale(0, 100);
    expect([0, 25, 100].map(place)).toEqual([0, 0.25, 1]);
  });

  test("of powers of ten gives each the same room", () => {
    const { place, ticks } = logarithmicScale(0.3, 40);
    expect(ticks).toEqual([0.1, 1, 10, 100]);
    expect([0, 0.1, 1, 10, 100].map((value) => place(value).toFixed(2))).toEqual([
      "0.00",
      "0.00",
      "0.33",
      "0.67",
      "1.00",
    ]);
  });

  test("of one power is not empty", () => {
    expect(logarithmicScale(10, 10).ticks).toEqual([10, 100]);
  });
});

test("a chart breaks its line where a value is missing, and escapes names", () => {
  const axis = { title: "x", scale: linearScale(0, 10), text: String };
  const chart = String(
    lineChart({
      title: "<title>",
      x: axis,
      y: axis,
      series: [
        {
          name: "a & b",
          points: [
            [0, 0],
            [5, null],
            [10, 10],
            [10, 20],
          ],
        },
      ],
      marks: [
        { name: "limit", y: 5 },
        { name: "planned", x: 2 },
      ],
      hasDots: true,
    }),
  );
  expect(chart).toContain("&lt;title&gt;");
  expect(chart).toContain('d="M58 210M454 10L454 10"');
  expect(chart.match(/<circle/g)).toHaveLength(3);
  expect(chart.match(/class="mark"/g)).toHaveLength(2);
  expect(chart).toContain("<title>a &amp; b: 10 at 10</title>");
});
