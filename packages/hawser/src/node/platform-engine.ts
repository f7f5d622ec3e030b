/**
 * The DEFLATE engine that connections of this thread use: this library's own, or Node's zlib where WebAssembly or its vectors
 * are missing, as under `node --jitless`. Made for the first connection that compresses, since it takes some milliseconds.
 */

import type { DeflateEngine } from "../deflate/engine.ts";
import { createVectorEngine } from "../deflate/vector-engine.ts";
import { zlibEngine } from "./zlib-engine.ts";

let made: DeflateEngine | undefined;

function engine(): DeflateEngine {
  made ??= createVectorEngine() ?? zlibEngine;
  return made;
}

export const platformEngine: DeflateEngine = {
  createDeflater: (options) => engine().createDeflater(options),
  createInflater: (options) => engine().createInflater(options),
};
