/** Generated files on their way out: to a folder, to standard output, or compared with what is there. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MADE_BY } from "./header.ts";
import type { GeneratedFile } from "./target.ts";

export function writeFiles(files: readonly GeneratedFile[], folder: string): void {
  for (const { path, text } of files) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
}

/** Where in a file the words stand that tell who made it. */
const BEGINNING = 1_000;

/** Paths of files there that would be lost: they are another's, and not the same. */
export function foreignFiles(files: readonly GeneratedFile[], folder: string): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const place = join(folder, path);
    if (!existsSync(place)) return [];
    const found = readFileSync(place, "utf8");
    return found === text || found.slice(0, BEGINNING).includes(MADE_BY) ? [] : [place];
  });
}

/** One file as it is; several with a line before each that says which. */
export function printedFiles(files: readonly GeneratedFile[]): string {
  const [first, ...more] = files;
  if (first !== undefined && more.length === 0) return first.text;
  return files.map(({ path, text }) => `# ---- ${path}\n${text}`).join("\n");
}

/** One line for each file of the folder that is not what it should be. */
export function differences(files: readonly GeneratedFile[], folder: string): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const place = join(folder, path);
    if (!existsSync(place)) return [`${place} is missing`];
    const line = firstDifference(readFileSync(place, "utf8"), text);
    return line === undefined ? [] : [`${place}:${line} differs`];
  });
}

/** Counted from 1. */
function firstDifference(one: string, other: string): number | undefined {
  if (one === other) return undefined;
  const [lines, others] = [one.split("\n"), other.split("\n")];
  return lines.concat("").findIndex((line, index) => line !== others[index]) + 1;
}
