/**
 * The DEFLATE engine's module. AssemblyScript: compiled to the WebAssembly module that `src/deflate/codec-module.ts`
 * instantiates, once for each thread. It works on one message at a time, and what is left of one is never taken for another's.
 */

import { COMPRESSED, MESSAGE } from "./areas";
import { prepareBlocks } from "./block";
import { prepareDecoding } from "./decoding-table";
import { prepareTokens } from "./tokens";

export {
  beginDeflating,
  configureDeflating,
  continueDeflating,
  deflate,
  joinPortions,
} from "./deflate";
export { beginInflating, continueInput, continueOutput, inflate, inflatedLength } from "./inflate";

/** Where a message's place begins; the window lies in front of it. */
export function messageStart(): usize {
  return MESSAGE;
}

export function compressedStart(): usize {
  return COMPRESSED;
}

prepareBlocks();
prepareTokens();
prepareDecoding();
