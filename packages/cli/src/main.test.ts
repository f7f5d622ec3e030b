import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MemoryTerminal } from "../test/support/memory-terminal.ts";
import { type Command, CommandError, Interrupted, UsageError } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { main } from "./main.ts";

/** A command that ends in the way its first word names. */
const sample: Command = {
  name: "sample",
  summary: "ends as it is told",
  async run([way = "", ...rest], terminal) {
    if (way === "usage") throw new UsageError("no such way.");
    if (way === "failed") throw new CommandError("the disk is full.");
    if (way === "interrupted") throw new Interrupted();
    if (way === "bug") throw new TypeError("a bug of ours");
    terminal.out(rest.join(" "));
    return 0;
  },
};

async function run(...words: readonly string[]) {
  const terminal = new MemoryTerminal();
  const exitCode = await main(words, [sample], terminal);
  return { exitCode, output: terminal.output, errors: terminal.errors };
}

test("a command gets the words behind its name", async () => {
  expect(await run("sample", "well", "a", "--help")).toEqual({ exitCode: 0, output: "a --help", errors: "" });
});

test.each(["--help", "-h", "help"])("%s lists the commands", async (word) => {
  const { exitCode, output } = await run(word);
  expect(exitCode).toBe(0);
  expect(output).toContain("sample  ends as it is told");
});

test("without a word the help goes to standard error, and the exit code says that nothing was done", async () => {
  const { exitCode, output, errors } = await run();
  expect([exitCode, output]).toEqual([2, ""]);
  expect(errors).toContain("Usage");
});

test.each(["--version", "-v"])("%s prints the version of package.json", async (word) => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(await run(word)).toEqual({ exitCode: 0, output: `${version}\n`, errors: "" });
});

test.each([
  ["an unknown command", ["sampel"], 2, "hawser: unknown command sampel. Did you mean sample?\nTry hawser --help.\n"],
  ["an unknown option", ["--hlep"], 2, "hawser: unknown option --hlep. Did you mean --help?\nTry hawser --help.\n"],
  ["wrong words", ["sample", "usage"], 2, "hawser sample: no such way.\nTry hawser sample --help.\n"],
  ["a failure", ["sample", "failed"], 1, "hawser sample: the disk is full.\n"],
  ["Ctrl-C", ["sample", "interrupted"], 130, ""],
])("%s", async (_name, words, exitCode, errors) => {
  expect(await run(...words)).toEqual({ exitCode, output: "", errors });
});

test("a bug of ours is thrown on, with its stack", async () => {
  await expect(run("sample", "bug")).rejects.toThrow("a bug of ours");
});

test("every command of the table has a name of its own and a summary", () => {
  expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
  expect(COMMANDS.every(({ summary }) => summary.length > 0 && summary.length < 80)).toBe(true);
});
