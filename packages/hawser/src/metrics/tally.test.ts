import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

test("counts by name, in the names' order, and adds another's", () => {
  const [tally, other] = [new Tally(), new Tally()];
  tally.count("b");
  tally.count("a", 2);
  other.count("b", 3);
  other.count("c");
  tally.add(other);
  expect(tally.entries()).toEqual([
    ["a", 2],
    ["b", 4],
    ["c", 1],
  ]);
  expect([tally.of("b"), tally.of("d")]).toEqual([4, 0]);
});
