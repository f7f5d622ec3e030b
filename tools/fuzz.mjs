/**
 * `npm run fuzz -- --messages 1000000 --seed 7`: compression against zlib, at length. The same tests are part of the suite with
 * fewer messages.
 *
 * - `mixed-fuzz`: so many messages over all the ways there are, and as many corrupted payloads
 * - `deflate-fuzz`: as many again through the engine alone, and as many corrupted payloads
 * - `audience-fuzz`: broadcasts, a 50th of the number with each window and each engine
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { install } from "./steps/install.mjs";
import { command, runPackage, StepError, say } from "./steps/run.mjs";

const TESTS = ["mixed", "deflate", "audience"].map((name) => `packages/hawser/test/${name}-fuzz.test.ts`);

/** Each process compares so many: thousands of zlib's streams leave the memory of a process in pieces. */
const MESSAGES_OF_A_RUN = 100_000;

await command(() => {
  const { values } = parseArgs({
    options: { messages: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
  });
  const [messages, firstSeed] = [Number(values.messages), Number(values.seed)];
  if (!(messages > 0) || !Number.isInteger(firstSeed)) throw new StepError("--messages and --seed must be numbers.");
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
});

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
