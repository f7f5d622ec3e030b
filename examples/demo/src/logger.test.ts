import { expect, test } from "vitest";
import { plainLogger } from "./logger.ts";

test("an entry is one line: level, message, fields", () => {
  const lines: string[] = [];
  plainLogger((line) => lines.push(line)).info({ path: "/echo", code: 1001, reason: undefined }, "connection closed");
  expect(lines).toEqual(["info  connection closed path=/echo code=1001"]);
});

test("what a peer sent cannot forge a line or a field", () => {
  const lines: string[] = [];
  plainLogger((line) => lines.push(line)).warn({ reason: "bye\nerror forged a=1" }, "closed");
  expect(lines).toEqual(['warn  closed reason="bye\\nerror forged a=1"']);
});

test("debug entries are dropped", () => {
  const lines: string[] = [];
  plainLogger((line) => lines.push(line)).debug({}, "frame");
  expect(lines).toEqual([]);
});
