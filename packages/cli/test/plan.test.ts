/** `hawser plan` with a program that it starts. What is loaded into that is the built program. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { Load } from "../src/bench/load.ts";
import { CommandError } from "../src/command.ts";
import { urlOf } from "../src/plan/address.ts";
import { plan } from "../src/plan/command.ts";
import { measureProgram } from "../src/plan/measure.ts";
import { Program } from "../src/plan/program.ts";
import { createProgress } from "../src/terminal/progress.ts";
import { temporaryFolder } from "./support/folder.ts";
import { MemoryTerminal } from "./support/memory-terminal.ts";

const ENTRY = fileURLToPath(new URL("./support/echo-program.mjs", import.meta.url));
const LIMIT = 60_000;

const DEMAND = ["--connections", "100", "--rate", "1"];

test("a program is started, found and measured, and stops", { timeout: LIMIT }, async () => {
  const terminal = new MemoryTerminal();
  const { interruption } = terminal;
  const program = new Program(ENTRY, [], interruption);
  onTestFinished(() => program.stop());
  const load: Load = {
    url: urlOf(await program.address(), undefined),
    mode: "echo",
    clients: 30,
    threads: 1,
    messages: { kind: "size", bytes: 20, isBinary: false },
    messagesPerOpening: 0,
    first: undefined,
    timeout: 10_000,
    handshake: {
      isCompressed: false,
      headers: [],
      subprotocols: [],
      origin: undefined,
      isInsecure: false,
      addresses: 1,
    },
  };
  const stages = {
    warmupClients: 5,
    warmup: 100,
    exchange: 2,
    shares: [0.2, 0.4],
    mostSteps: 2,
    passes: 1,
    settle: 20,
    step: 100,
  };
  const progress = createProgress(terminal, 1, () => 0);
  const { memory, cpuPerOpening, steps } = await measureProgram({ program, load, stages, progress, interruption });
  expect(memory).toMatchObject({ sample: 30 });
  expect(memory.base).toBeGreaterThan(1_048_576);
  expect(memory.heapLimit).toBeGreaterThan(memory.base);
  expect(cpuPerOpening).toBeGreaterThan(0);
  expect(steps.length).toBeGreaterThan(0);
  expect(steps[0]!.received).toBeGreaterThan(0);
  await program.stop();
  expect(() => process.kill(program.pid, 0)).toThrow("ESRCH");
  await expect(program.figures()).rejects.toThrow(CommandError);
});

test("a program that never answers is told from one that is slow", { timeout: LIMIT }, async () => {
  const words = [...DEMAND, "--quick", "--timeout", "200ms", ENTRY, "--", "mute"];
  const found = plan.run(words, new MemoryTerminal());
  await expect(found).rejects.toThrow("--message TEXT sends one that it answers");
});

test.each([
  ["is not there", undefined, "there is no such file"],
  ["ends", "console.error('no configuration'); process.exit(3);", "ended (exit code 3). It said:\nno configuration"],
])("a program that %s", { timeout: LIMIT }, async (_name, source, message) => {
  const entry = join(temporaryFolder(), "app.mjs");
  if (source !== undefined) writeFileSync(entry, source);
  await expect(plan.run([...DEMAND, entry], new MemoryTerminal())).rejects.toThrow(message);
});
