/**
 * What a measurement leaves: a text for people, JSON and a report as files. Knows no measurement.
 */

import { writeFile } from "node:fs/promises";
import { CommandError } from "./command.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** As a file: standard output. */
export const STANDARD_OUTPUT = "-";

export interface Outputs {
  /** A path, or {@link STANDARD_OUTPUT}, which is JSON's alone then. */
  readonly json: string | undefined;
  readonly html: string | undefined;
}

/**
 * Minutes of measuring must not end with a file that cannot be written.
 *
 * @throws {CommandError}
 */
export async function checkOutputs({ json, html }: Outputs): Promise<void> {
  for (const path of [json, html]) {
    if (path !== undefined && path !== STANDARD_OUTPUT) await writeFile(path, "", { flag: "a" }).catch(unwritable);
  }
}

/** Writes a result wherever it is wanted. */
export async function writeOutputs(
  { json, html }: Outputs,
  result: object,
  texts: { readonly text: string; html(): string },
  terminal: Terminal,
): Promise<void> {
  const asJson = `${JSON.stringify(result, undefined, 2)}\n`;
  if (json === STANDARD_OUTPUT) terminal.error(texts.text);
  else terminal.out(texts.text);
  if (json === STANDARD_OUTPUT) terminal.out(asJson);
  else if (json !== undefined) await write(json, asJson, terminal);
  if (html !== undefined) await write(html, texts.html(), terminal);
}

async function write(path: string, text: string, terminal: Terminal): Promise<void> {
  await writeFile(path, text).catch(unwritable);
  terminal.error(`Written: ${path}\n`);
}

/** What is wrong with a file is its user's to mend. */
export function unwritable(error: Error): never {
  throw new CommandError(error.message);
}
