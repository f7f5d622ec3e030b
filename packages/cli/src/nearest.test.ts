import { expect, test } from "vitest";
import { editDistance, nearest, suggestion } from "./nearest.ts";

test.each([
  ["tune", "tune", 0],
  ["tun", "tune", 1],
  ["tnue", "tune", 1],
  ["tuna", "tune", 1],
  ["", "tune", 4],
  ["stop", "status", 4],
])("%s and %s differ by %d", (left, right, distance) => {
  expect(editDistance(left, right)).toBe(distance);
  expect(editDistance(right, left)).toBe(distance);
});

test.each([
  ["tuen", "tune"],
  ["TUNE", "tune"],
  ["statsu", "status"],
  ["xyz", undefined],
  ["generate", undefined],
])("%s means %s", (word, meant) => {
  expect(nearest(word, ["status", "tune", "run"])).toBe(meant);
});

test("says so only where something is near", () => {
  expect(suggestion("rum", ["run"])).toBe(" Did you mean run?");
  expect(suggestion("elephant", ["run"])).toBe("");
});
