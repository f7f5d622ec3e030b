import { describe, expect, test } from "vitest";
import { MemoryTerminal } from "../../test/support/memory-terminal.ts";
import { createLiveLine } from "./live-line.ts";
import { barLine, createProgress } from "./progress.ts";
import { textTable } from "./table.ts";

describe("progress", () => {
  test("writes a line for each stage where nobody looks", () => {
    const terminal = new MemoryTerminal();
    const progress = createProgress(terminal, 5, () => 0);
    for (const what of ["times: 9 bits", "times: 10 bits", "memory: none"]) progress.step(what, 1);
    progress.end();
    expect(terminal.errors).toBe("times ...\nmemory ...\n");
  });

  test("draws a bar over itself for a person, and removes it", () => {
    const terminal = new MemoryTerminal(80);
    let now = 0;
    const progress = createProgress(terminal, 4, () => now);
    progress.step("times: 9 bits", 1);
    now = 3_000;
    progress.step("memory: none", 3);
    progress.end();
    const [, first, second, end] = terminal.errors.split("\r\x1b[2K");
    expect(first).toBe(`[${".".repeat(20)}]   0 %  times: 9 bits`);
    expect(second).toBe(`[${"#".repeat(5)}${".".repeat(15)}]  25 %, about 9 s left  memory: none`);
    expect(end).toBe("");
  });

  test("a bar never wraps, and nothing to do is done", () => {
    expect(barLine("a long name of what is done", 1, 2, 1_000, 40)).toHaveLength(39);
    expect(barLine("", 0, 0, 0, 80)).toContain("100 %");
  });
});

describe("a live line", () => {
  test("is drawn over itself for a person, cut to the screen", () => {
    const terminal = new MemoryTerminal(20);
    const line = createLiveLine(terminal);
    line.show("opening", "5/10 clients");
    line.show("opening", "10/10 clients and more");
    line.end();
    expect(terminal.errors.split("\r\x1b[2K")).toEqual(["", "opening  5/10 clien", "opening  10/10 clie", ""]);
  });

  test("is a line for each stage where nobody looks", () => {
    const terminal = new MemoryTerminal();
    const line = createLiveLine(terminal);
    for (const stage of ["opening", "opening", "measuring"]) line.show(stage, "50 %");
    line.end();
    expect(terminal.errors).toBe("opening ...\nmeasuring ...\n");
  });
});

test("a table has words on the left and numbers on the right", () => {
  const table = textTable(
    ["", "size"],
    [
      ["none", "100.0"],
      ["12/5", "9.5"],
    ],
  );
  expect(table).toBe(["       size", "----  -----", "none  100.0", "12/5    9.5"].join("\n"));
});
