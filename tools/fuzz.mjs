/**
 * `npm run fuzz -- --messages 1000000 --seed 7`: the DEFLATE engine against zlib, at length. The same tests are part of the
 * suite with fewer messages.
 */

import { parseArgs } from "node:util";
import { install } from "./steps/install.mjs";
import { command, runPackage, say } from "./steps/run.mjs";

await command(() => {
  const { values } = parseArgs({
    options: { messages: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
  });
  install();
  say(`Comparing ${values.messages} messages, and as many corrupted ones, with zlib (seed ${values.seed}) ...`);
  return runPackage("vitest", ["run", "packages/hawser/test/deflate-fuzz.test.ts"], {
    env: { HAWSER_FUZZ_MESSAGES: values.messages, HAWSER_FUZZ_SEED: values.seed },
  });
});
