/**
 * Generated files against those that are kept. `HAWSER_UPDATE_GOLDEN=1` writes them anew; the difference is then read in
 * review.
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { GeneratedFile } from "../../src/generate/target.ts";
import { writeFiles } from "../../src/generate/write.ts";

const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));

/** @param folder below `test/golden`, `nginx/unix-sockets` */
export function expectGolden(folder: string, files: readonly GeneratedFile[]): void {
  const place = `${GOLDEN}${folder}`;
  if (process.env["HAWSER_UPDATE_GOLDEN"] === "1") writeFiles(files, place);
  const kept = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = kept.map(({ parentPath, name }) => `${parentPath}/${name}`.slice(place.length + 1));
  expect(names.sort()).toEqual(files.map(({ path }) => path).sort());
  for (const { path, text } of files) expect(text, path).toBe(readFileSync(`${place}/${path}`, "utf8"));
}
