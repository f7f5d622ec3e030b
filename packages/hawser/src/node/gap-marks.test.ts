import { describe, expect, test } from "vitest";
import { GapMarks } from "./gap-marks.ts";

const at = (offset: number, epoch = "e") => ({ epoch, offset });

describe("marks of gaps", () => {
  test("whoever recovers from before the end of the outage is told, from then on as well", () => {
    const marks = new GapMarks();
    expect(marks.isBroken("t", at(1), at(9))).toBe(false);
    marks.mark("t");
    expect(marks.isBroken("t", at(9), at(9))).toBe(true);
    expect([marks.isBroken("t", at(9), at(20)), marks.isBroken("t", at(10), at(20))]).toEqual([true, false]);
    expect(marks.isBroken("t", at(1, "later"), at(20, "later"))).toBe(false);
    expect(marks.isBroken("u", at(1), at(9))).toBe(false);
    // Another outage
    marks.mark("t");
    expect(marks.isBroken("t", at(15), at(20))).toBe(true);
  });

  test("where there are too many, all topics count as marked", () => {
    const marks = new GapMarks();
    for (let index = 0; index <= 10_000; index++) marks.mark(`${index}`);
    for (const topic of ["0", "another"]) {
      expect(marks.isBroken(topic, at(3), at(3))).toBe(true);
      expect([marks.isBroken(topic, at(3), at(9)), marks.isBroken(topic, at(4), at(9))]).toEqual([true, false]);
    }
  });
});
