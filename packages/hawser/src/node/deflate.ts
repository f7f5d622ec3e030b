/**
 * The entry point `hawser/deflate`: the DEFLATE engine behind permessage-deflate, and the contract for another one.
 */

export type {
  DeflateEngine,
  Deflater,
  DeflaterOptions,
  DeflateStrategy,
  InflateFault,
  Inflater,
  InflaterOptions,
} from "../deflate/engine.ts";
export { SlidingWindow } from "../deflate/sliding-window.ts";
export {
  type CreateDeflaterOptions,
  type CreateInflaterOptions,
  createDeflater,
  createInflater,
  type DeflateEffort,
} from "./create-codecs.ts";
export { zlibEngine } from "./zlib-engine.ts";
