/** The built program, as its user runs it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";

const BIN = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const SMALL = ["--quick", "--messages", "30", "--connections", "10", "--exchange", "1"];
const RUN_LIMIT = 120_000;

interface Run {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }>;
  /** Resolves when `text` has appeared on standard error. */
  says(text: string): Promise<void>;
}

function hawser(...words: readonly string[]): Run {
  const child = spawn(process.execPath, [BIN, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output, errors }));
  const says = async (text: string) => {
    while (!errors.includes(text)) await once(child.stderr, "data");
  };
  return { process: child, ended, says };
}

function corpusFile(folder: string): string {
  const path = join(folder, "<b>feed.jsonl");
  const lines = Array.from({ length: 40 }, (_, index) => `{"sequence":${index},"text":"hello, number ${index * 7}"}\n`);
  writeFileSync(path, lines.join(""));
  return path;
}

test("measures a file: JSON on standard output, HTML in a file", { timeout: RUN_LIMIT }, async () => {
  const folder = temporaryFolder();
  const html = join(folder, "report.html");
  const { code, output, errors } = await hawser("tune", corpusFile(folder), ...SMALL, "--json", "--html", html).ended;
  expect(code, errors).toBe(0);
  const { version, corpus, rows, grid, recommendation } = JSON.parse(output);
  expect(version).toBe(1);
  expect(corpus).toMatchObject({
    count: 30,
    warnings: [expect.stringContaining("Only 30"), expect.stringContaining("The first 30")],
  });
  expect(grid).toHaveLength(7 * 3);
  expect(rows.map(({ id }: { id: string }) => id).join()).toBe(
    "none,9/2,10/3,11/4,12/5,13/6,14/7,15/8,12/5 no takeover",
  );
  expect(rows[4]).toMatchObject({ id: "12/5", windowBits: 12, sizeToBase: 0 });
  expect(recommendation.reason).not.toBe("");
  expect(readFileSync(html, "utf8")).toContain("&lt;b&gt;feed.jsonl");
});

describe.skipIf(process.platform !== "linux")("Ctrl-C", () => {
  test("ends at once, with no process left", { timeout: RUN_LIMIT }, async () => {
    const run = hawser("tune", "--sample", "chat", "--messages", "500");
    await run.says("times, round 1");
    const children = readFileSync(`/proc/${run.process.pid}/task/${run.process.pid}/children`, "utf8")
      .trim()
      .split(" ");
    expect(children.length).toBeGreaterThan(0);
    run.process.kill("SIGINT");
    expect((await run.ended).code).toBe(130);
    for (const pid of children) expect(isRunning(Number(pid)), `process ${pid}`).toBe(false);
  });

  test("ends a recording cleanly", { timeout: RUN_LIMIT }, async () => {
    const output = join(temporaryFolder(), "feed.jsonl");
    let run: Run;
    const server = await serve(
      async (ws) => {
        for (const message of ["one", "two", Uint8Array.of(3)]) await ws.send(message);
        await ws.ping();
        run.process.kill("SIGINT");
        await ws.waitClosed();
      },
      { host: "127.0.0.1" },
    );
    onTestFinished(() => server.close());
    run = hawser("tune", "--record", `ws://127.0.0.1:${server.port}`, "--output", output);
    const { code, errors } = await run.ended;
    expect(code, errors).toBe(0);
    expect(errors).toContain(`3 messages recorded. Measure them: hawser tune ${output}`);
    expect(readFileSync(output, "utf8")).toBe('"one"\n"two"\n{"base64":"Aw=="}\n');
  });
});

test.each([
  [["--version"], 0, "0.1.0", ""],
  [["tune", "--help"], 0, "Examples", ""],
  [["tnue"], 2, "", "Did you mean tune?"],
  [["tune", "--quikc"], 2, "", "Did you mean --quick?"],
  [["tune", "missing.jsonl"], 1, "", "missing.jsonl: there is no such file or directory"],
])("%j", async (words, exitCode, inOutput, inErrors) => {
  const { code, output, errors } = await hawser(...words).ended;
  expect(code).toBe(exitCode);
  expect(output).toContain(inOutput);
  expect(errors).toContain(inErrors);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
