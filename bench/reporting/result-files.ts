/** Where results are kept: `bench/results/results.json`, and what is made of it, `latest.md` and a part of the README. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { replaceMarkedSection } from "./marked-section.ts";
import { resultPage, resultSection, type Titles } from "./page.ts";
import { EMPTY_STORE, mergeRows, type ResultStore, type StoredRow } from "./store.ts";

/**
 * Puts these rows in the place of the stored ones of the same id, and writes all files anew. Returns the paths written,
 * relative to `root`.
 *
 * @param order all rows' ids, as they are to stand.
 */
export function writeResults(
  root: string,
  rows: readonly StoredRow[],
  order: readonly string[],
  titles: Titles,
): string[] {
  const folder = join(root, "bench", "results");
  const storePath = join(folder, "results.json");
  const store = mergeRows(readStore(storePath), rows, order);
  const files = new Map([
    [storePath, `${JSON.stringify(store, null, 1)}\n`],
    [join(folder, "latest.md"), resultPage(store, titles)],
    ...readmeUpdate(join(root, "README.md"), resultSection(store, titles)),
  ]);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of files) writeFileSync(path, text);
  return [...files.keys()].map((path) => relative(root, path));
}

function readStore(path: string): ResultStore {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as ResultStore) : EMPTY_STORE;
}

function readmeUpdate(path: string, section: string): [string, string][] {
  const text = withSection(path, section);
  return text === undefined ? [] : [[path, text]];
}

/** The file's text with what stands between the marks replaced; `undefined` without the file or the marks. */
function withSection(path: string, section: string): string | undefined {
  return existsSync(path) ? replaceMarkedSection(readFileSync(path, "utf8"), section) : undefined;
}

/** Replaces what stands between the marks of a file; false without the file or the marks. */
export function updateMarkedSection(path: string, section: string): boolean {
  const text = withSection(path, section);
  if (text === undefined) return false;
  writeFileSync(path, text);
  return true;
}

export interface OneResult {
  /** Whether it was a run that may take the place of the last one. */
  readonly isWritten: boolean;
  /** What the JSON file holds. */
  readonly kept: object;
  /** What the Markdown file holds. */
  readonly page: string;
}

/** Writes a result that stands by itself to `bench/results`, as `name.json` and `name.md`; returns what to say of it. */
export function keepResult(root: string, name: string, { isWritten, kept, page }: OneResult): string {
  if (!isWritten) return "Not written: the run was partial (--write writes it all the same).";
  const folder = join(root, "bench", "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(kept, roundNumbers, 1)}\n`);
  writeFileSync(join(folder, `${name}.md`), page);
  return `Written: bench/results/${name}.json, bench/results/${name}.md`;
}

/** More digits than a figure is known by. */
function roundNumbers(_name: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
