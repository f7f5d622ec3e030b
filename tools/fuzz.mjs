/**
 * `npm run fuzz -- --messages 1000000 --seed 7`: the DEFLATE engine against zlib, at length. The same tests are part of the
 * suite with fewer messages.
 */

import { parseArgs } from "node:util";
import { install } from "./steps/install.mjs";
import { command, runPackage, StepError, say } from "./steps/run.mjs";

const TESTS = ["packages/hawser/test/deflate-fuzz.test.ts", "packages/hawser/test/audience-fuzz.test.ts"];

/** Each process compares so many: thousands of zlib's streams leave the memory of a process in pieces. */
const MESSAGES_OF_A_RUN = 100_000;

await command(() => {
  const { values } = parseArgs({
    options: { messages: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
  });
  const [messages, firstSeed] = [Number(values.messages), Number(values.seed)];
  if (!(messages > 0) || !Number.isInteger(firstSeed)) throw new StepError("--messages and --seed must be numbers.");
  install();
  for (let done = 0, seed = firstSeed; done < messages; done += MESSAGES_OF_A_RUN, seed++) {
    const count = Math.min(MESSAGES_OF_A_RUN, messages - done);
    say(`Comparing ${count} messages, and as many corrupted ones, with zlib (seed ${seed}) ...`);
    const env = { HAWSER_FUZZ_MESSAGES: String(count), HAWSER_FUZZ_SEED: String(seed) };
    const code = runPackage("vitest", ["run", ...TESTS], { env });
    if (code !== 0) throw new StepError(`Seed ${seed} failed; --messages ${count} --seed ${seed} repeats it.`, code);
  }
});
