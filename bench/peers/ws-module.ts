/** Loads the installed copy of `ws`, and makes sure that it masks with bufferutil's native code. */
import { createRequire } from "node:module";
import type * as Ws from "ws";
import { modulePath } from "./server-process.ts";

/** Throws an `Error` if bufferutil is missing, switched off, or its JavaScript fallback. */
export function loadWs(module: string | undefined): typeof Ws {
  const path = modulePath(module);
  const load = createRequire(path);
  const { unmask } = load("bufferutil") as { unmask: unknown };
  if (process.env["WS_NO_BUFFER_UTIL"]) throw new Error("Cannot start ws: WS_NO_BUFFER_UTIL switches bufferutil off");
  if (!String(unmask).includes("[native code]"))
    throw new Error("Cannot start ws: bufferutil has no native code for this platform and version of Node");
  return load(path) as typeof Ws;
}
