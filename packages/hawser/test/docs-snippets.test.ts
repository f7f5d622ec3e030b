/**
 * Every TypeScript example of the documentation compiles against the built package, and those marked so run to their end.
 */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { docstringSnippets, fixedPorts, markdownSnippets, type Snippet } from "./support/snippets.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const work = join(root, ".cache", "snippets");

/** Milliseconds that one snippet may run. */
const RUN_LIMIT = 15_000;

const snippets = findSnippets();
const checked = snippets.filter((snippet) => snippet.use !== "no-check");
const runnable = snippets.filter((snippet) => snippet.use === "run");
const runs = new Map<Snippet, Promise<string>>();
let compiled: { readonly status: number | null; readonly output: string };

beforeAll(() => {
  compiled = compile();
  // Two at a time; those that name a port themselves one after another.
  const named = runnable.filter((snippet) => fixedPorts(snippet.code).length > 0);
  const free = runnable.filter((snippet) => fixedPorts(snippet.code).length === 0);
  for (const queue of [named, free]) startQueue(queue);
}, 120_000);

test(`the types of ${checked.length} snippets are right`, () => {
  expect(compiled.output).toBe("");
  expect(compiled.status).toBe(0);
});

test("few snippets are left unchecked", () => {
  const unchecked = snippets.filter((snippet) => snippet.use === "no-check").map(place);
  if (unchecked.length > 0) console.warn(`Snippets that are not checked: ${unchecked.join(", ")}`);
  expect(unchecked.length, unchecked.join(", ")).toBeLessThanOrEqual(5);
});

for (const snippet of runnable) {
  test(`${place(snippet)} runs to its end`, { timeout: RUN_LIMIT * (runnable.length + 1) }, async () => {
    expect(await runs.get(snippet)).toBe("exit code 0");
  });
}

function place(snippet: Snippet): string {
  return `${snippet.path}:${snippet.line}`;
}

function findSnippets(): readonly Snippet[] {
  const documents = [...(existsSync(join(root, "README.md")) ? ["README.md"] : []), ...filesBelow("docs", ".md")];
  const sources = filesBelow("packages/hawser/src", ".ts").filter((path) => !path.endsWith(".test.ts"));
  return [
    ...documents.flatMap((path) => markdownSnippets(path, read(path))),
    ...sources.flatMap((path) => docstringSnippets(path, read(path))),
  ];
}

function filesBelow(folder: string, extension: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const files = entries.filter((entry) => entry.endsWith(extension)).sort();
  return files.map((entry) => `${folder}/${entry.replaceAll("\\", "/")}`);
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The module of a snippet, without its extension. */
function stemOf(snippet: Snippet): string {
  return `${snippet.path}.${snippet.line}`;
}

/** One compilation for all: their types are checked against what is published, and they become programs. */
function compile(): typeof compiled {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, "tsconfig.json"), JSON.stringify(configuration()));
  for (const snippet of checked) {
    const path = join(work, "in", `${stemOf(snippet)}.ts`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, snippet.code);
  }
  if (checked.length === 0) return { status: 0, output: "" };
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", work, "--pretty", "false"], {
    cwd: join(work, "in"),
    encoding: "utf8",
  });
  return { status, output: `${stdout}${stderr}` };
}

function configuration(): object {
  return {
    extends: "../../tsconfig.base.json",
    compilerOptions: {
      composite: false,
      declaration: false,
      isolatedDeclarations: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
      noPropertyAccessFromIndexSignature: false,
      moduleDetection: "force",
      lib: ["es2023", "esnext.disposable"],
      rootDir: "in",
      outDir: "out",
    },
    include: ["in"],
  };
}

/** Starts each snippet when the one before it has ended. */
function startQueue(queue: readonly Snippet[]): void {
  let previous: Promise<unknown> = Promise.resolve();
  for (const snippet of queue) {
    const current = previous.then(() => outcome(snippet));
    runs.set(snippet, current);
    previous = current;
  }
}

/** How a snippet's program ended: `exit code 0`, or what went wrong with all that it wrote. */
function outcome(snippet: Snippet): Promise<string> {
  const program = join(work, "out", `${stemOf(snippet)}.js`);
  const child = spawn(process.execPath, ["--enable-source-maps", program], {
    cwd: work,
    timeout: RUN_LIMIT,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      written += text;
    });
  }
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(String(error)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve("exit code 0");
      else resolve(`${signal === null ? `exit code ${code}` : `still running after ${RUN_LIMIT} ms`}\n${written}`);
    });
  });
}
