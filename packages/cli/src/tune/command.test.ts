import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../test/support/folder.ts";
import { MemoryTerminal } from "../../test/support/memory-terminal.ts";
import { makeRepository } from "../../test/support/repository.ts";
import { CommandError, Interrupted } from "../command.ts";
import { tune } from "./command.ts";

/** As little as makes a whole run. */
const SMALL = ["--quick", "--messages", "20", "--connections", "10", "--exchange", "1"];
const RUN_LIMIT = 120_000;

test("measures, prints a report and writes another", { timeout: RUN_LIMIT }, async () => {
  const folder = temporaryFolder();
  makeRepository(folder, 4);
  const html = join(folder, "report.html");
  const terminal = new MemoryTerminal(120);
  expect(await tune.run(["--git-log", folder, ...SMALL, "--html", html], terminal)).toBe(0);
  expect(terminal.output).toMatch(/^git history of hawser-cli-\w+: 4 messages/);
  expect(terminal.output).toContain("Note: Only 4 messages");
  expect(terminal.output).toMatch(/^12\/5 no takeover/m);
  expect(terminal.output).toContain("Recommended: ");
  expect(terminal.errors).toContain("server memory: 15/8");
  expect(terminal.errors).toContain(`Report written: ${html}`);
  expect(readFileSync(html, "utf8")).toContain("<!doctype html>");
});

test("a report that cannot be written is an error before anything is measured", async () => {
  const html = join(temporaryFolder(), "none", "report.html");
  const terminal = new MemoryTerminal();
  await expect(tune.run(["--sample", "chat", "--html", html], terminal)).rejects.toThrow("ENOENT");
  expect(terminal.output + terminal.errors).toBe("");
});

test("Ctrl-C ends a measurement at once, and processes with it", { timeout: RUN_LIMIT }, async () => {
  const terminal = new MemoryTerminal();
  const running = tune.run(["--sample", "chat", ...SMALL], terminal);
  const interrupted = expect(running).rejects.toThrow(Interrupted);
  terminal.interrupt();
  await interrupted;
});

describe("a corpus is written in place of measuring", () => {
  test("text as text, bytes as base64", async () => {
    const folder = temporaryFolder();
    for (const [name, start] of [
      ["chat", '{"type":'],
      ["logs", '"2026-'],
      ["game", '{"base64":"'],
    ] as const) {
      const output = join(folder, `${name}.jsonl`);
      const terminal = new MemoryTerminal();
      expect(await tune.run(["--sample", name, "--messages", "5", "--output", output], terminal)).toBe(0);
      const lines = readFileSync(output, "utf8").trimEnd().split("\n");
      expect(lines).toHaveLength(5);
      expect(lines.every((line) => line.startsWith(start))).toBe(true);
      expect(terminal.errors).toBe(`5 messages written. Measure them: hawser tune ${output}\n`);
    }
  });

  test("never over a file that exists", async () => {
    const output = join(temporaryFolder(), "a.jsonl");
    const words = ["--sample", "chat", "--messages", "5", "--output", output];
    await tune.run(words, new MemoryTerminal());
    await expect(tune.run(words, new MemoryTerminal())).rejects.toThrow(CommandError);
  });

  test("a folder that does not exist is an error", async () => {
    const output = join(temporaryFolder(), "none", "a.jsonl");
    await expect(tune.run(["--sample", "chat", "-o", output], new MemoryTerminal())).rejects.toThrow("ENOENT");
  });
});

describe("recording", () => {
  async function address(count: number): Promise<string> {
    const server = await serve(
      async (ws) => {
        for (let number = 1; number <= count; number++) await ws.send(`message ${number}`);
      },
      { host: "127.0.0.1" },
    );
    onTestFinished(() => server.close());
    return `ws://127.0.0.1:${server.port}`;
  }

  test("says what was recorded, and what to do with it", async () => {
    const output = join(temporaryFolder(), "feed.jsonl");
    const terminal = new MemoryTerminal();
    expect(await tune.run(["--record", await address(3), "--output", output], terminal)).toBe(0);
    expect(terminal.errors).toContain(`3 messages recorded. The server closed. Measure them: hawser tune ${output}`);
    expect(readFileSync(output, "utf8").split("\n")[2]).toBe('"message 3"');
  });

  test("nothing recorded is a failure", async () => {
    const output = join(temporaryFolder(), "feed.jsonl");
    const terminal = new MemoryTerminal();
    expect(await tune.run(["--record", await address(0), "--output", output], terminal)).toBe(1);
    expect(terminal.errors).toContain("0 messages recorded. The server closed.\n");
    expect(existsSync(output)).toBe(false);
  });
});

test("--help teaches by examples, in lines that fit a terminal", async () => {
  const terminal = new MemoryTerminal();
  expect(await tune.run(["--help"], terminal)).toBe(0);
  expect(terminal.output).toContain("hawser tune --sample chat --quick");
  expect(Math.max(...terminal.output.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(100);
});
