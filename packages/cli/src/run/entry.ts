/**
 * The program that workers run: where it is, and what Node needs to run it.
 */

import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CommandError } from "../command.ts";

export interface Entry {
  readonly path: string;
  /** Flags of Node. */
  readonly flags: readonly string[];
}

const TYPESCRIPT = [".ts", ".mts", ".cts", ".tsx"];

/** @throws {CommandError} if there is no such file, or this Node cannot run it */
export function findEntry(name: string): Entry {
  const path = resolve(name);
  if (!existsSync(path)) throw new CommandError(`${name}: there is no such file.`);
  if (!statSync(path).isFile()) throw new CommandError(`${name} is not a file: name the program that calls serve().`);
  return { path, flags: TYPESCRIPT.includes(extname(path)) ? typeScriptFlags(path) : [] };
}

/** With `tsx` if the project has it: it knows more of the language than stripping types does. */
function typeScriptFlags(path: string): readonly string[] {
  const tsx = findTsx(path);
  if (tsx !== undefined) return ["--import", pathToFileURL(tsx).href];
  const { typescript } = process.features as { readonly typescript?: unknown };
  if (typescript !== undefined && typescript !== false) return [];
  if (process.allowedNodeEnvironmentFlags.has("--experimental-strip-types")) return ["--experimental-strip-types"];
  throw new CommandError(
    `${path}: Node ${process.versions.node} runs no TypeScript. Install tsx (npm install --save-dev tsx), or use Node 22.18 or later.`,
  );
}

function findTsx(path: string): string | undefined {
  try {
    return createRequire(path).resolve("tsx");
  } catch {
    return undefined;
  }
}
