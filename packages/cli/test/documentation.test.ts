/** The command lines that the documentation shows are ones that the command understands. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { HELP as BENCH_HELP } from "../src/bench/help.ts";
import { parseBenchOptions } from "../src/bench/options.ts";
import { HELP as PLAN_HELP } from "../src/plan/help.ts";
import { parsePlanOptions } from "../src/plan/options.ts";
import { helpText } from "../src/tune/help.ts";
import { parseTuneOptions } from "../src/tune/options.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Documented {
  readonly command: string;
  readonly help: string;
  readonly pages: readonly string[];
  parse(words: readonly string[]): unknown;
}

const CLI_PAGE = "packages/cli/README.md";
const CAPACITY_PAGE = "docs/guides/capacity.md";

const COMMANDS: readonly Documented[] = [
  {
    command: "tune",
    help: helpText(),
    pages: ["docs/guides/tuning-compression.md", CLI_PAGE],
    parse: parseTuneOptions,
  },
  { command: "bench", help: BENCH_HELP, pages: [CAPACITY_PAGE, CLI_PAGE], parse: parseBenchOptions },
  { command: "plan", help: PLAN_HELP, pages: [CAPACITY_PAGE, CLI_PAGE], parse: parsePlanOptions },
];

/** The words after the command of each line that begins with it. */
function commandLines(command: string, text: string): string[][] {
  const found = text.matchAll(
    new RegExp(`^ *(?:\\$ )?(?:npx )?(?:@hawser/cli|hawser) ${command} ([^|\\n]+?)(?: *\\|.*)?$`, "gm"),
  );
  return Array.from(found, ([, words = ""]) => shellWords(words.trim())).filter((words) => !words[0]!.startsWith("<"));
}

/** As a shell cuts them; what it would fill in is a number. */
function shellWords(line: string): string[] {
  const filled = line.replace(/\$\([^)]*\)|\$[A-Z]+/g, "8765");
  return Array.from(filled.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g), ([, single, double, plain]) => {
    return single ?? double ?? plain!;
  });
}

const lines = COMMANDS.flatMap(({ command, help, pages, parse }) => [
  ...pages.flatMap((page) =>
    commandLines(command, readFileSync(`${root}${page}`, "utf8")).map((words) => ({ command, page, words, parse })),
  ),
  ...commandLines(command, help.slice(help.indexOf("Examples"))).map((words) => ({
    command,
    page: "--help",
    words,
    parse,
  })),
]);

test.each(COMMANDS)("there are some of $command on every page", ({ command, pages }) => {
  for (const page of [...pages, "--help"]) {
    const found = lines.filter((line) => line.command === command && line.page === page);
    expect(found.length, page).toBeGreaterThan(1);
  }
});

test.each(lines)("$page: hawser $command $words", ({ parse, words }) => {
  expect(parse(words)).toHaveProperty("source");
});

test("links of the guide lead somewhere", () => {
  for (const page of ["tuning-compression", "compression", "capacity"]) {
    const text = readFileSync(`${root}docs/guides/${page}.md`, "utf8");
    const targets = Array.from(text.matchAll(/\]\(([^)#:]+\.md)\)/g), ([, target]) => target!);
    expect(targets.filter((target) => !existsSync(`${root}docs/guides/${target}`))).toEqual([]);
  }
});
