import { expect, test } from "vitest";
import { nextReading, type Reading } from "./reading.ts";

test.each([
  ["calm", () => 0],
  ["even", () => 0.5],
  ["wild", () => 0.999],
])("%s chance stays within what the instruments show", (_name, random) => {
  let reading: Reading | undefined;
  for (let time = 0; time < 600_000; time += 1_000) {
    reading = nextReading(reading, time, random);
    expect(reading.wind).toBeGreaterThanOrEqual(0);
    expect(reading.wind).toBeLessThanOrEqual(40);
    expect(reading.tide).toBeGreaterThan(1);
    expect(reading.tide).toBeLessThan(4);
    expect(reading.tension).toBeGreaterThan(10);
    expect(reading.tension).toBeLessThan(70);
  }
});
