import { describe, expect, test } from "vitest";
import { CommandError } from "../command.ts";
import { RUN_OPTIONS } from "../config/run-options.ts";
import { findEntry } from "./entry.ts";
import { helpText } from "./help.ts";
import { requireReusePort } from "./run-settings.ts";

test.each([
  ["20.19.0", false],
  ["22.11.0", false],
  ["22.12.0", true],
  ["24.0.0", true],
])("reuse-port on Node %s", (version, isThere) => {
  const require = () => requireReusePort({ type: "reuse-port" }, version);
  if (isThere) expect(require).not.toThrow();
  else expect(require).toThrow(`--balance reuse-port needs Node 22.12 or later, this is ${version}`);
});

test("the help names every option", () => {
  const flags = Object.keys(RUN_OPTIONS).filter((name) => name !== "entry");
  for (const name of flags) expect(helpText()).toContain(`--${name.replace(/[A-Z]/g, "-$&").toLowerCase()} `);
});

describe("the entry", () => {
  test.each([
    ["missing.js", "missing.js: there is no such file."],
    ["packages", "packages is not a file: name the program that calls serve()."],
  ])("%s", (name, text) => {
    expect(() => findEntry(name)).toThrow(new CommandError(text));
  });

  test("JavaScript needs no flag", () => {
    expect(findEntry("tools/test.mjs").flags).toEqual([]);
  });
});
