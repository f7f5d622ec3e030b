import { describe, expect, test } from "vitest";
import { StepError } from "./step-error.mjs";
import { readUsage } from "./usage.mjs";

const USAGE = { help: "what it does", options: { seed: /** @type {const} */ ({ type: "string", default: "1" }) } };

describe("the words after a tool's name", () => {
  test("options have values, and defaults", () => {
    expect(readUsage(USAGE, ["--seed", "7"])).toEqual({ values: { seed: "7" }, words: [] });
    expect(readUsage(USAGE, [])).toEqual({ values: { seed: "1" }, words: [] });
    expect(readUsage({ ...USAGE, takesWords: true }, ["26"])).toMatchObject({ words: ["26"] });
  });

  test.each([["--help"], ["-h"]])("%s", (word) => {
    expect(readUsage(USAGE, [word])).toBe("help");
    expect(readUsage({ help: "", passesOnTo: "vitest" }, ["packages", word])).toBe("help");
  });

  test("all but that may be another program's", () => {
    expect(readUsage({ help: "", passesOnTo: "vitest" }, ["-t", "x"])).toEqual({ values: {}, words: ["-t", "x"] });
  });

  test.each([
    [["--sead", "7"], "Unknown option '--sead'. --help says what there is."],
    [["--seed"], "Option '--seed <value>' argument missing. --help says what there is."],
    [["now"], "Unexpected argument 'now'. --help says what there is."],
  ])("%j is refused in a sentence", (words, message) => {
    expect(() => readUsage(USAGE, words)).toThrow(new StepError(message, 2));
  });
});
