/**
 * Writes the JSON Schema of the configuration file, from the table of options that the command line reads it by.
 *
 * `--check` fails if the file is out of date, and writes nothing. Reads what was last built.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, StepError, say } from "./steps/run.mjs";
import { root, shown } from "./steps/workspace.mjs";

const FILE = join(root, "packages", "cli", "config-schema.json");
const BUILT = join(root, "packages", "cli", "dist", "config", "json-schema.js");
const UPDATE = "npm run build && node tools/config-schema.mjs";

await command(async () => {
  if (!existsSync(BUILT)) throw new StepError(`${shown(BUILT)} does not exist: run npm run build first.`);
  const { configSchemaText } = await import(pathToFileURL(BUILT).href);
  const text = configSchemaText();
  if (existsSync(FILE) && readFileSync(FILE, "utf8") === text) return;
  if (process.argv.includes("--check")) throw new StepError(`${shown(FILE)} is out of date: ${UPDATE}`);
  writeFileSync(FILE, text);
  say(`Wrote ${shown(FILE)}`);
});
