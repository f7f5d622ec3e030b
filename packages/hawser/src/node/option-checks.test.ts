import { describe, expect, test } from "vitest";
import { checkDuration, checkDurationOrNull, checkFunction, checkLimit, checkWord } from "./option-checks.ts";

const NUMBERLIKE = "5" as unknown as number;

/** A text is quoted: "5" is not 5. */
const shown = (value: unknown) => (value === NUMBERLIKE ? '"5"' : String(value));

describe("checkDuration", () => {
  test.each([0.5, 1, 20_000])("%d", (value) => {
    expect(checkDuration("serve", "closeTimeout", value)).toBe(value);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, NUMBERLIKE, null as never])("refuses %s", (value) => {
    expect(() => checkDuration("serve", "closeTimeout", value)).toThrow(
      new RangeError(`Cannot serve: closeTimeout must be a positive number of milliseconds, got ${shown(value)}`),
    );
  });
});

describe("checkDurationOrNull", () => {
  test.each([
    [1, 1],
    [null, Number.POSITIVE_INFINITY],
  ])("%s becomes %d", (value, duration) => {
    expect(checkDurationOrNull("serve", "pingInterval", value)).toBe(duration);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, NUMBERLIKE])("refuses %s", (value) => {
    expect(() => checkDurationOrNull("serve", "pingInterval", value)).toThrow(
      new RangeError(
        `Cannot serve: pingInterval must be a positive number of milliseconds or null, got ${shown(value)}`,
      ),
    );
  });
});

describe("checkLimit", () => {
  test.each([1, 65_536, Number.POSITIVE_INFINITY])("%d", (value) => {
    expect(checkLimit("connect", "maxSize", value)).toBe(value);
  });

  test.each([0, -1, 1.5, Number.NaN, NUMBERLIKE])("refuses %s", (value) => {
    expect(() => checkLimit("connect", "maxSize", value)).toThrow(
      new RangeError(`Cannot connect: maxSize must be an integer of at least 1, or Infinity, got ${shown(value)}`),
    );
  });

  test("the least may be another one", () => {
    expect(checkLimit("connect", "maxRedirects", 0, 0)).toBe(0);
    expect(() => checkLimit("connect", "maxRedirects", -1, 0)).toThrow("at least 0");
  });
});

describe("checkWord", () => {
  test("one of the words", () => {
    expect(checkWord("serve", "policy", "skip", ["close", "skip"])).toBe("skip");
  });

  test.each([
    ["kill", '"kill"'],
    [undefined as never, "undefined"],
  ])("refuses %s", (value, shown) => {
    expect(() => checkWord("serve", "policy", value, ["close", "skip"])).toThrow(
      new TypeError(`Cannot serve: policy must be "close" or "skip", got ${shown}`),
    );
  });
});

describe("checkFunction", () => {
  test.each([undefined, () => {}])("%s", (value) => {
    expect(checkFunction("serve", "processRequest", value)).toBe(value);
  });

  test("refuses what is none", () => {
    expect(() => checkFunction("serve", "processRequest", "x" as never)).toThrow(
      new TypeError('Cannot serve: processRequest must be a function, got "x"'),
    );
  });
});
