/**
 * What the documentation shows of a terminal is what a terminal shows: every `console` fence is run, with what was built.
 */

import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../hawser/test/support/engines/engine.ts";
import { describeWith, type ProgramName } from "../../hawser/test/support/programs.ts";
import { temporaryFolder } from "./support/folder.ts";
import { Session } from "./support/session.ts";
import { matches, readTranscript, type Transcript } from "./support/transcript.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Milliseconds: for one command, with what it shows. */
const STEP_LIMIT = 30_000;

const pages = ["README.md", "packages/cli/README.md", ...markdownBelow("docs"), ...markdownBelow("examples")];
const transcripts = pages
  .map((page) => [page, readTranscript(page, readFileSync(join(root, page), "utf8"))] as const)
  .filter(([, { steps }]) => steps.length > 0);

for (const [page, transcript] of transcripts) suiteOf(page, transcript);

function suiteOf(page: string, { files, needs, steps }: Transcript): void {
  const suite = () => {
    test("shows what happens", { timeout: STEP_LIMIT * steps.length }, async () => {
      const session = await openSession(files);
      for (const { line, command, expected } of steps) {
        const isExpected = (output: string) => matches(expected, output);
        const failure = await session.run(command, isExpected, STEP_LIMIT).then(
          () => undefined,
          (error: Error) => error.message,
        );
        expect(failure, `${page}:${line} shows\n${expected.join("\n")}`).toBe(undefined);
      }
    });
  };
  const nested = needs.reduceRight<() => void>(
    (inner, program) => () => describeWith(program as ProgramName, `with ${program}`, inner),
    suite,
  );
  describe(page, nested);
}

async function openSession(files: ReadonlyMap<string, string>): Promise<Session> {
  const folder = temporaryFolder();
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  // Not npm's own links: it makes none for a program that was not yet built when it installed
  const programs = temporaryFolder();
  symlinkSync(join(root, "packages/cli/dist/bin.js"), join(programs, "hawser"));
  const session = new Session(folder, {
    ...process.env,
    ...(await freePorts()),
    PATH: [programs, dirname(process.execPath), process.env["PATH"]].join(delimiter),
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
  });
  onTestFinished(() => session.end());
  return session;
}

async function freePorts(): Promise<NodeJS.ProcessEnv> {
  const [first, second, admin] = [await freePort(), await freePort(), await freePort()];
  const ports = { PORT: String(first), PORT2: String(second), ADMIN: String(admin) };
  // Pages run beside each other: each has an admin endpoint of its own
  return { ...ports, HAWSER_ADMIN: `127.0.0.1:${admin}` };
}

function markdownBelow(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const own = names.filter((name) => name.endsWith(".md") && !name.includes("node_modules"));
  return own.sort().map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
}
