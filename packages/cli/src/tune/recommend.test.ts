import { describe, expect, test } from "vitest";
import { exampleResult, type Shape } from "../../test/support/example-result.ts";

const recommendation = (shape: Shape) => exampleResult(shape).recommendation;

/** Payload bytes of the corpus for windows of 9 to 15 bits. */
const sizes =
  (...bytes: readonly number[]) =>
  (windowBits: number) =>
    bytes[windowBits - 9]!;
const even = () => 20;

describe("whether to compress", () => {
  test("what hardly shrinks goes as it is", () => {
    const { compression, row, reason } = recommendation({ bytes: () => 95_000, alone: 99_000 });
    expect([compression, row]).toEqual([false, "none"]);
    expect(reason).toContain("does not pay");
    expect(reason).toContain("saves 5.0 % or 50.0 bytes a message");
  });

  test("what becomes larger saves nothing", () => {
    expect(recommendation({ bytes: () => 101_000 }).reason).toContain("saves 0.0 % or 0.0 bytes");
  });

  test("a tenth is worth it", () => {
    expect(recommendation({ bytes: () => 90_000, alone: 99_000 }).compression).not.toBe(false);
  });
});

describe("which window", () => {
  test.each([
    ["the smallest, where larger ones save nothing", sizes(300, 300, 300, 300, 300, 300, 300), 9],
    ["the largest, where each doubling saves 6 %", sizes(400, 376, 353, 332, 312, 293, 275), 15],
    ["not the larger one that saves 4 %", sizes(900, 700, 500, 400, 384, 380, 379), 12],
    ["one behind a step that saves nothing", sizes(900, 700, 500, 400, 399, 398, 300), 15],
    ["not one too far behind it", sizes(900, 700, 500, 400, 399, 398, 350), 12],
  ])("%s", (_name, bytes, windowBits) => {
    const { compression, row } = recommendation({ bytes: (bits) => bytes(bits) * 100, alone: 99_000, time: even });
    expect(compression).toMatchObject({ serverMaxWindowBits: windowBits, clientMaxWindowBits: windowBits });
    expect(row).toBe(`${windowBits}/${windowBits - 7}`);
  });

  test("not one that saves less than it takes in time, and the reason says so", () => {
    const bytes = sizes(90_000, 70_000, 50_000, 40_000, 36_000, 32_000, 28_000);
    const time = (windowBits: number) => (windowBits > 13 ? 100 : 20);
    const { row, reason } = recommendation({ bytes, time, alone: 99_000 });
    expect(row).toBe("13/6");
    expect(reason).toContain("36.0 % with windows of 13 bits (8 KiB each way)");
    expect(reason).toContain("windows 4 times as large would save 22.2 % of that, for 4.2 times the CPU time");
  });

  test("small windows are counted in bytes", () => {
    expect(recommendation({ bytes: () => 30_000, alone: 99_000, time: even }).reason).toContain(
      "30.0 % with windows of 9 bits (512 bytes each way), and no larger window does better",
    );
  });
});

describe("whether to keep context", () => {
  test("not where messages shrink nearly as well alone", () => {
    const { compression, row, reason } = recommendation({ bytes: () => 30_000, alone: 31_000, time: even });
    expect(row).toBe("12/5 no takeover");
    expect(compression).toMatchObject({ serverNoContextTakeover: true, clientNoContextTakeover: true });
    expect(reason).toContain("(31.0 % of its size) as after the ones before it (30.0 %)");
  });

  test("as soon as it saves more than 5 %", () => {
    expect(recommendation({ bytes: () => 30_000, alone: 32_000, time: even }).compression).not.toHaveProperty(
      "serverNoContextTakeover",
    );
  });
});

describe("which level", () => {
  const level = (bytes: Record<number, number>, time: Record<number, number>) => {
    const shape = { bytes: (_: number, one: number) => bytes[one]!, time: (_: number, one: number) => time[one]! };
    const { compression, reason } = recommendation({ ...shape, alone: 99_000 });
    return [compression !== false && compression.level, reason];
  };

  test.each([
    ["6 where others are alike", { 1: 300, 6: 300, 9: 300 }, { 1: 19, 6: 20, 9: 20 }, 6, "No other level"],
    ["1 where it is quicker and as small", { 1: 305, 6: 300, 9: 300 }, { 1: 10, 6: 20, 9: 20 }, 1, "clearly quicker"],
    ["6 where 1 is quicker and larger", { 1: 320, 6: 300, 9: 300 }, { 1: 10, 6: 20, 9: 20 }, 6, "No other level"],
    [
      "9 where it is smaller and hardly slower",
      { 1: 320, 6: 300, 9: 270 },
      { 1: 10, 6: 20, 9: 24 },
      9,
      "smaller than 6",
    ],
    ["6 where 9 is smaller and slow", { 1: 320, 6: 300, 9: 270 }, { 1: 10, 6: 20, 9: 60 }, 6, "No other level"],
    [
      "6 where a noisy clock says that 9 is quicker",
      { 1: 320, 6: 300, 9: 299 },
      { 1: 20, 6: 20, 9: 10 },
      6,
      "No other",
    ],
  ])("%s", (_name, bytes, time, expected, why) => {
    const scaled = Object.fromEntries(Object.entries(bytes).map(([key, value]) => [key, value * 100]));
    expect(level(scaled, time)).toEqual([expected, expect.stringContaining(why)]);
  });
});
