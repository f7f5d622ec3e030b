/**
 * Draws the states of a connection into docs/protocol.md, from the table that the library moves by.
 *
 * `--check` fails if the page is out of date, and writes nothing. Reads what was last built.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, StepError, say } from "./steps/run.mjs";
import { root, shown } from "./steps/workspace.mjs";

const PAGE = join(root, "docs", "protocol.md");
const BUILT = join(root, "packages", "hawser", "dist", "protocol", "index.js");
const START = "<!-- states:start -->";
const END = "<!-- states:end -->";
const UPDATE = "npm run build && node tools/draw-states.mjs";

/** @typedef {Readonly<Record<string, Readonly<Record<string, string>>>>} Moves from each state, by trigger, the next one */

/**
 * A Mermaid diagram. The first state is where a connection begins, and one without moves is where it ends.
 *
 * @param {Moves} moves
 * @returns {string}
 */
export function stateDiagram(moves) {
  const states = Object.keys(moves);
  const arrows = states.flatMap((state) =>
    [...byTarget(moves[state] ?? {})].map(([next, triggers]) => `${state} --> ${next}: ${triggers.join(", ")}`),
  );
  const ends = states
    .filter((state) => Object.keys(moves[state] ?? {}).length === 0)
    .map((state) => `${state} --> [*]`);
  const lines = [`[*] --> ${states[0]}`, ...arrows, ...ends].map((line) => `  ${line}`);
  return ["```mermaid", "stateDiagram-v2", ...lines, "```"].join("\n");
}

/**
 * @param {Readonly<Record<string, string>>} moves
 * @returns {Map<string, string[]>} the triggers that lead to each state
 */
function byTarget(moves) {
  /** @type {Map<string, string[]>} */
  const targets = new Map();
  for (const [trigger, next] of Object.entries(moves)) targets.set(next, [...(targets.get(next) ?? []), trigger]);
  return targets;
}

/**
 * The page with `diagram` between its marks.
 *
 * @param {string} page
 * @param {string} diagram
 * @returns {string}
 */
export function withDiagram(page, diagram) {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start === -1 || end < start) throw new StepError(`docs/protocol.md must have the marks ${START} and ${END}.`);
  return `${page.slice(0, start + START.length)}\n${diagram}\n${page.slice(end)}`;
}

/** @returns {Promise<string>} */
async function builtDiagram() {
  if (!existsSync(BUILT)) throw new StepError(`${shown(BUILT)} does not exist: run npm run build first.`);
  const { MOVES } = await import(pathToFileURL(BUILT).href);
  return stateDiagram(MOVES);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await command(async () => {
    const page = readFileSync(PAGE, "utf8");
    const drawn = withDiagram(page, await builtDiagram());
    if (drawn === page) return;
    if (process.argv.includes("--check")) throw new StepError(`${shown(PAGE)} is out of date: ${UPDATE}`);
    writeFileSync(PAGE, drawn);
    say(`Wrote ${shown(PAGE)}`);
  });
}
