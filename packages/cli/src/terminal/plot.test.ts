import { expect, test } from "vitest";
import { textPlot } from "./plot.ts";

test("a curve has its points, a line between them, and ticks beside it", () => {
  const plot = textPlot({
    points: [
      { x: 10, y: 2 },
      { x: 0, y: 0 },
      { x: 5, y: 0 },
    ],
    placeX: (x) => x / 10,
    placeY: (y) => y / 2,
    xTicks: [0, 5, 10],
    yTicks: [0, 2],
    xText: String,
    yText: (y) => `${y} ms`,
    width: 11,
    height: 3,
  });
  expect(plot).toBe(
    ["2 ms |         .o", "     |       ..", "0 ms |o....o.", "     +-----------", "      0    5   10"].join("\n"),
  );
});
