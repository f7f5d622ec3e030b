/** Where results are kept: `bench/results/` and the marked part of the README. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type ResultDocument, resultPage, resultSection } from "./document.ts";
import { replaceMarkedSection } from "./marked-section.ts";

/** Writes `bench/results/<date>-echo.json` and `latest.md`, and the README's table. Returns the paths written, relative to `root`. */
export function writeResults(root: string, document: ResultDocument): string[] {
  const folder = join(root, "bench", "results");
  const files = new Map([
    [join(folder, `${document.startedAt.slice(0, 10)}-echo.json`), `${JSON.stringify(document, null, 2)}\n`],
    [join(folder, "latest.md"), resultPage(document)],
    ...readmeUpdate(join(root, "README.md"), document),
  ]);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of files) writeFileSync(path, text);
  return [...files.keys()].map((path) => relative(root, path));
}

function readmeUpdate(path: string, document: ResultDocument): [string, string][] {
  if (!existsSync(path)) return [];
  const text = replaceMarkedSection(readFileSync(path, "utf8"), resultSection(document));
  return text === undefined ? [] : [[path, text]];
}
