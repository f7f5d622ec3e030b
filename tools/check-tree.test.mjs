import { expect, test } from "vitest";
import { exportedFiles, fileProblems } from "./check-tree.mjs";

// In pieces, so that this file itself is fit.
const later = ["TO", "DO"].join("");
const home = ["", "home", "somebody", "x"].join("/");

test.each([
  ["a.ts", "const a = 1;\n"],
  ["a.ts", "\n".repeat(400)],
  ["a.md", "\n".repeat(900)],
  ["a.md", "https://example.org/root/home/users"],
  ["a.ts", "test.each([])('a', f); describe.skipIf(x)('b', f); reader.skip(2);"],
  ["packages/hawser/src/node/a.ts", "Date.now()"],
  ["packages/hawser/src/bytes/a.test.ts", "Math.random()"],
  ["package-lock.json", '"resolved": "packages/hawser",'],
])("%s: %j is fit", (path, text) => {
  expect(fileProblems(path, text)).toEqual([]);
});

test.each([
  ["a.ts", "\n".repeat(401), "a.ts: 401 lines, at most 400"],
  ["a.ts", `\n// ${later}: more`, "a.ts:2: finish it"],
  ["a.test.ts", `test.${"skip"}('a', f);`, "every test runs"],
  ["a.test.ts", `describe.concurrent.${"only"}('a', f);`, "every test runs"],
  ["docs/a.md", `cd ${home}`, "a path of one machine"],
  ["package-lock.json", `"resolved": "${"https"}://r/a.tgz"`, "a lock file without addresses"],
  ["packages/hawser/src/protocol/a.ts", "Math.random()", "pass chance and the time in"],
])("%s: %j is refused", (path, text, message) => {
  expect(fileProblems(path, text).join("\n")).toContain(message);
});

test("all files of an exports map are found, whatever the nesting", () => {
  expect(exportedFiles({ ".": { source: "./a.ts", default: { node: "./a.js" } }, "./p": "./p.json" })).toEqual([
    "./a.ts",
    "./a.js",
    "./p.json",
  ]);
  expect(exportedFiles(undefined)).toEqual([]);
});
