/**
 * Messages from files: a directory with one message a file, or lines of JSON.
 */

import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { CommandError } from "../command.ts";
import type { Gathered } from "./gathered.ts";
import { linesOf, messageOf } from "./json-lines.ts";

const LINES = [".jsonl", ".ndjson"];

/**
 * Bytes of messages that are taken at most: they are copied to the measuring processes. Small messages fill windows long
 * before.
 */
const MOST_BYTES = 67_108_864;

/**
 * Reads a corpus.
 *
 * @param most messages to take at most
 * @throws {CommandError} if `path` is neither a directory nor a file of lines, cannot be read, or holds a bad line
 */
export async function readFiles(path: string, most: number): Promise<Gathered> {
  const stats = await stat(path).catch(unreadable(path));
  const messages = new Taken(most);
  if (stats.isDirectory()) await readDirectory(path, messages);
  else if (LINES.includes(extname(path).toLowerCase())) await readLines(path, messages);
  else throw new CommandError(`${path}: a corpus is a directory, or a file that ends with ${LINES.join(" or ")}.`);
  return { source: path, messages: messages.list, hasMore: messages.hasMore };
}

/** What was taken so far, up to the limits. */
class Taken {
  readonly list: Uint8Array[] = [];
  hasMore = false;
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** `false`: there was no room, and nothing more is wanted. */
  add(message: Uint8Array): boolean {
    if (this.list.length >= this.#most || this.#bytes + message.length > MOST_BYTES) {
      this.hasMore = true;
      return false;
    }
    this.#bytes += message.length;
    this.list.push(message);
    return true;
  }
}

/** Files in the order of their names, `2.json` before `10.json`; hidden ones and folders are left out. */
async function readDirectory(path: string, messages: Taken): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(unreadable(path));
  const byNumbers = new Intl.Collator("en", { numeric: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort(byNumbers.compare);
  if (names.length === 0) throw new CommandError(`${path} has no files: one message a file is expected.`);
  for (const name of names) {
    const file = join(path, name);
    if (!messages.add(await readFile(file).catch(unreadable(file)))) return;
  }
}

async function readLines(path: string, messages: Taken): Promise<void> {
  const stream = createReadStream(path);
  let number = 0;
  for await (const line of linesOf(stream)) {
    number += 1;
    const message = messageOf(line, `${basename(path)}:${number}`);
    if (message !== undefined && !messages.add(message)) return;
  }
}

function unreadable(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const why = error.code === "ENOENT" ? "there is no such file or directory" : error.message;
    throw new CommandError(`${path}: ${why}.`);
  };
}
