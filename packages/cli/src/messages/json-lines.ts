/**
 * A corpus as lines of JSON, one message a line.
 *
 * | line | message |
 * |---|---|
 * | a JSON string | the string's text, as UTF-8 |
 * | `{"base64":"..."}`, this key alone | the bytes |
 * | any other JSON value | the line itself |
 * | blank | none |
 */

import { CommandError } from "../command.ts";

const LINE_FEED = 0x0a;

/** Base64 with its padding; whitespace is not part of it. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** A message as a line, with its end: JSON documents as they are, other text in quotes, bytes in base64. */
export function lineOf(message: string | Uint8Array): string {
  if (typeof message === "string") return `${isItsOwnLine(message) ? message : JSON.stringify(message)}\n`;
  return `${JSON.stringify({ base64: Buffer.from(message).toString("base64") })}\n`;
}

/** Whether the text as a line is read back as itself. */
function isItsOwnLine(text: string): boolean {
  if (text.trim() !== text || text.includes("\n")) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value !== "string" && binaryOf(value) === undefined;
  } catch {
    return false;
  }
}

/**
 * The message of a line; `undefined` for a blank one.
 *
 * @param place names the line in errors, `corpus.jsonl:12`
 * @throws {CommandError} if the line is not JSON, or not UTF-8
 */
export function messageOf(line: Uint8Array, place: string): Uint8Array | undefined {
  const text = decoded(line, place).trim();
  if (text === "") return undefined;
  const value = parsed(text, place);
  if (typeof value === "string") return encoder.encode(value);
  return binaryOf(value) ?? encoder.encode(text);
}

/** Cuts bytes into lines without their ends, whatever the pieces they come in. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let begun: Uint8Array[] = [];
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...begun, piece.subarray(start, end)]);
      begun = [];
      start = end + 1;
    }
    if (start < piece.length) begun.push(piece.subarray(start));
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

function decoded(line: Uint8Array, place: string): string {
  try {
    return decoder.decode(line);
  } catch {
    throw new CommandError(`${place}: not UTF-8. Binary messages stand as {"base64":"..."}.`);
  }
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${place}: not JSON: ${(error as Error).message}. Text stands in quotes.`);
  }
}

function binaryOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== "object" || value === null || Object.keys(value).join() !== "base64") return undefined;
  const { base64 } = value as { base64: unknown };
  return typeof base64 === "string" && BASE64.test(base64) ? Buffer.from(base64, "base64") : undefined;
}
