import { expect, test } from "vitest";
import { splitRunWords } from "./run-words.ts";

const RULES = {
  workers: { type: "string", short: "w" },
  help: { type: "boolean", short: "h" },
} as const;

test.each<[line: string, own: string, entry: string | undefined, program: string]>([
  ["a.js", "", "a.js", ""],
  ["--workers 2 a.js", "--workers 2", "a.js", ""],
  ["a.js --workers 2", "--workers 2", "a.js", ""],
  ["--help a.js -w 2", "--help -w 2", "a.js", ""],
  ["a.js --workers=2 -w3 b", "--workers=2 -w3", "a.js", "b"],
  ["--workers 2 a.js --port 80 --workers 3", "--workers 2", "a.js", "--port 80 --workers 3"],
  ["a.js b --workers 3", "", "a.js", "b --workers 3"],
  ["a.js -x --help", "", "a.js", "-x --help"],
  ["a.js - --help", "", "a.js", "- --help"],
  ["a.js -w 2 -- --workers 3", "-w 2", "a.js", "--workers 3"],
  ["-w 2 -- --port 80", "-w 2", undefined, "--port 80"],
  // Refused by whoever reads them
  ["--port 80 a.js", "--port", "80", "a.js"],
  ["a.js --wokers 3", "--wokers", "a.js", "3"],
  ["a.js --wokers=3", "--wokers=3", "a.js", ""],
  ["a.js --workers", "--workers", "a.js", ""],
  ["", "", undefined, ""],
])("%s", (line, own, entry, program) => {
  const words = (text: string) => text.split(" ").filter((word) => word !== "");
  expect(splitRunWords(words(line), RULES)).toEqual({ own: words(own), entry, program: words(program) });
});
