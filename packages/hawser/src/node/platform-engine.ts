/**
 * The DEFLATE engine that connections of this thread use: this library's own, or Node's zlib where WebAssembly or its vectors
 * are missing, as under `node --jitless`.
 */

import type { DeflateEngine } from "../deflate/engine.ts";
import { createVectorEngine } from "../deflate/vector-engine.ts";
import { zlibEngine } from "./zlib-engine.ts";

export const platformEngine: DeflateEngine = createVectorEngine() ?? zlibEngine;
