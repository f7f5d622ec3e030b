/** `npm run fuzz`: compression against zlib, at length. The same tests are part of the suite with fewer messages. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "./steps/install.mjs";
import { command, runPackage, StepError, say } from "./steps/run.mjs";

const TESTS = ["mixed", "deflate", "audience"].map((name) => `packages/hawser/test/${name}-fuzz.test.ts`);

/** Each process compares so many: thousands of zlib's streams leave the memory of a process in pieces. */
const MESSAGES_OF_A_RUN = 100_000;

const HELP = `
Compares what compression makes with zlib, message by message, and reads corrupted payloads.

  npm run fuzz                                    a million messages
  npm run fuzz -- --messages 10000 --seed 7       fewer, others

Options
  --messages <n>   how many (1000000): over all the ways there are; as many again through the engine alone; a 50th of it
                   as broadcasts, with each window and each engine; and as many corrupted ones
  --seed <n>       whence they come (1); the same seed makes the same messages
  -h, --help
`;

await command(fuzz, {
  help: HELP,
  options: { messages: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});

/** @param {import("./steps/usage.mjs").Words} given */
function fuzz({ values }) {
  const messages = wholeNumber("--messages", values["messages"], 1);
  const firstSeed = wholeNumber("--seed", values["seed"], 0);
  install();
  const folder = mkdtempSync(join(tmpdir(), "hawser-fuzz-"));
  const counts = join(folder, "counts");
  process.on("exit", () => rmSync(folder, { recursive: true }));
  for (let done = 0, seed = firstSeed; done < messages; done += MESSAGES_OF_A_RUN, seed++) {
    const count = Math.min(MESSAGES_OF_A_RUN, messages - done);
    say(`Comparing ${count} messages, and as many corrupted ones, with zlib (seed ${seed}) ...`);
    const env = { HAWSER_FUZZ_MESSAGES: String(count), HAWSER_FUZZ_SEED: String(seed), HAWSER_FUZZ_COUNTS: counts };
    const code = runPackage("vitest", ["run", ...TESTS], { env });
    if (code !== 0) throw new StepError(`Seed ${seed} failed; --messages ${count} --seed ${seed} repeats it.`, code);
    say(`No mismatch so far. In the mixed world: ${totalsIn(counts)}`);
  }
}

/**
 * @param {string} name
 * @param {string | boolean | undefined} text
 * @param {number} least
 */
function wholeNumber(name, text, least) {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least && text !== "") return number;
  throw new StepError(`${name} must be a whole number of at least ${least}, got ${text}.`, 2);
}

/**
 * The sum of what the runs counted.
 *
 * @param {string} file
 */
function totalsIn(file) {
  /** @type {Record<string, number>} */
  const totals = {};
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    /** @type {Record<string, number>} */
    const { seed, ...counts } = JSON.parse(line);
    for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
  }
  return Object.entries(totals)
    .map(([name, count]) => `${count.toLocaleString("en")} ${name}`)
    .join(", ");
}
