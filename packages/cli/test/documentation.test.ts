/** The command lines that the documentation shows are ones that the command understands. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { helpText } from "../src/tune/help.ts";
import { parseTuneOptions } from "../src/tune/options.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const PAGES = ["docs/guides/tuning-compression.md", "packages/cli/README.md"];

/** The words after `hawser tune` of each line that begins with it. */
function commandLines(text: string): string[][] {
  const found = text.matchAll(/^ *(?:npx )?(?:@hawser\/cli|hawser) tune ([^|\n<]+?)(?: *\|.*)?$/gm);
  return Array.from(found, ([, words = ""]) => words.trim().split(" "));
}

const lines = [
  ...PAGES.flatMap((page) =>
    commandLines(readFileSync(`${root}${page}`, "utf8")).map((words) => [page, words] as const),
  ),
  ...commandLines(helpText().slice(helpText().indexOf("Examples"))).map((words) => ["--help", words] as const),
];

test("there are some on every page", () => {
  for (const page of [...PAGES, "--help"])
    expect(lines.filter(([one]) => one === page).length, page).toBeGreaterThan(1);
});

test.each(lines)("%s: hawser tune %j", (_page, words) => {
  expect(parseTuneOptions(words)).toHaveProperty("source");
});

test("links of the guide lead somewhere", () => {
  for (const page of ["tuning-compression", "compression"]) {
    const text = readFileSync(`${root}docs/guides/${page}.md`, "utf8");
    const targets = Array.from(text.matchAll(/\]\(([^)#:]+\.md)\)/g), ([, target]) => target!);
    expect(targets.filter((target) => !existsSync(`${root}docs/guides/${target}`))).toEqual([]);
  }
});
