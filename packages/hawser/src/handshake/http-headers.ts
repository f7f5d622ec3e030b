/**
 * Headers of a request or response: an ordered multimap whose names match without regard to case (RFC 9110, section 5).
 *
 * It knows what a valid name and value is, and nothing of any particular header.
 */

import { quote } from "./errors.ts";
import { consistsOf, FIELD_VALUE } from "./octets.ts";
import { isToken } from "./token.ts";

/** Anything headers can be made of: pairs (a `Map`, a WHATWG `Headers`, {@link HttpHeaders}), or a plain record. */
export type HeadersLike = Iterable<readonly [name: string, value: string]> | HeadersRecord;

/** A value may be a list: one line for each. */
export type HeadersRecord = Readonly<Record<string, string | readonly string[]>>;

export class HttpHeaders implements Iterable<[name: string, value: string]> {
  /** Name, value, name, value, ...: a parsed head makes no object for a line. */
  #parts: string[] = [];
  /** The same in one string, while nobody looks at them. */
  #packed: string | undefined;

  /** @throws TypeError if a name is not a token or a value contains a control character. */
  constructor(init: HeadersLike = []) {
    for (const [name, value] of pairsOf(init)) this.append(name, value);
  }

  /**
   * Headers of a parsed head, whose names and values are known to be valid; `lines` alternates between them and is kept.
   *
   * @internal
   */
  static ofParsedLines(lines: string[]): HttpHeaders {
    const headers = new HttpHeaders();
    headers.#parts = lines;
    return headers;
  }

  /**
   * The same headers, to be changed. They are valid already.
   *
   * @internal
   */
  copy(): HttpHeaders {
    return HttpHeaders.ofParsedLines(this.#lines.slice());
  }

  /**
   * Keeps the lines in one string, which is returned, until they are next looked at: all that a connection's headers cost while
   * it lasts.
   *
   * @internal
   */
  pack(): string {
    this.#packed ??= this.#parts.join("\n");
    this.#parts = NO_PARTS;
    return this.#packed;
  }

  /**
   * Headers of what {@link pack} returned.
   *
   * @internal
   */
  static unpack(packed: string): HttpHeaders {
    const headers = new HttpHeaders();
    headers.#packed = packed;
    return headers;
  }

  get #lines(): string[] {
    if (this.#packed === undefined) return this.#parts;
    this.#parts = this.#packed === "" ? [] : this.#packed.split("\n");
    this.#packed = undefined;
    return this.#parts;
  }

  /**
   * The lines as they are sent, each ended by CR LF.
   *
   * @internal
   */
  serialize(): string {
    const lines = this.#lines;
    let text = "";
    for (let i = 0; i < lines.length; i += 2) text += `${lines[i]}: ${lines[i + 1]}\r\n`;
    return text;
  }

  /** The value, several values joined with `", "`, or `undefined`. */
  get(name: string): string | undefined {
    const lowerCased = name.toLowerCase();
    const first = this.#indexOf(lowerCased, 0);
    if (first < 0) return undefined;
    let value = this.#lines[first + 1]!;
    for (let i = this.#indexOf(lowerCased, first + 2); i >= 0; i = this.#indexOf(lowerCased, i + 2)) {
      value += `, ${this.#lines[i + 1]!}`;
    }
    return value;
  }

  /** The value of each line with this name, in the order sent. */
  getAll(name: string): string[] {
    const lowerCased = name.toLowerCase();
    const values: string[] = [];
    for (let i = this.#indexOf(lowerCased, 0); i >= 0; i = this.#indexOf(lowerCased, i + 2)) {
      values.push(this.#lines[i + 1]!);
    }
    return values;
  }

  has(name: string): boolean {
    return this.#indexOf(name.toLowerCase(), 0) >= 0;
  }

  /** Replaces all lines of this name by one, in the place of the first. Throws as {@link append} does. */
  set(name: string, value: string): void {
    checkLine("set", name, value);
    const first = this.#indexOf(name.toLowerCase(), 0);
    if (first < 0) {
      this.#lines.push(name, value);
      return;
    }
    this.#lines[first] = name;
    this.#lines[first + 1] = value;
    this.#deleteFrom(name.toLowerCase(), first + 2);
  }

  /** @throws TypeError if the name is not a token or the value contains a control character or one beyond U+00FF. */
  append(name: string, value: string): void {
    checkLine("append", name, value);
    this.#lines.push(name, value);
  }

  delete(name: string): void {
    this.#deleteFrom(name.toLowerCase(), 0);
  }

  /** One pair for each line, in order, names as sent. */
  *entries(): IterableIterator<[name: string, value: string]> {
    for (let i = 0; i < this.#lines.length; i += 2) yield [this.#lines[i]!, this.#lines[i + 1]!];
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries();
  }

  #indexOf(lowerCased: string, from: number): number {
    for (let i = from; i < this.#lines.length; i += 2) {
      const name = this.#lines[i]!;
      if (name.length === lowerCased.length && name.toLowerCase() === lowerCased) return i;
    }
    return -1;
  }

  #deleteFrom(lowerCased: string, from: number): void {
    const kept = this.#lines.slice(0, from);
    for (let i = from; i < this.#lines.length; i += 2) {
      const name = this.#lines[i]!;
      if (name.toLowerCase() !== lowerCased) kept.push(name, this.#lines[i + 1]!);
    }
    this.#parts = kept;
  }
}

/** Shared by all packed headers, and never changed. */
const NO_PARTS: string[] = [];

function pairsOf(init: HeadersLike): Iterable<readonly [string, string]> {
  if (isIterable(init)) return init;
  return Object.entries(init).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : linesOf(name, value),
  );
}

function isIterable(init: HeadersLike): init is Iterable<readonly [string, string]> {
  return typeof (init as Partial<Iterable<unknown>>)[Symbol.iterator] === "function";
}

function linesOf(name: string, values: unknown): [string, string][] {
  if (!Array.isArray(values)) {
    throw new TypeError(
      `Cannot append header ${quote(name)}: its value must be a string or a list of them, got ${quote(String(values))}`,
    );
  }
  return values.map((value) => [name, value]);
}

function checkLine(action: string, name: string, value: string): void {
  if (typeof name !== "string" || !isToken(name)) {
    throw new TypeError(
      `Cannot ${action} header: its name must be a token (RFC 9110, section 5.6.2), got ${quote(String(name))}`,
    );
  }
  if (typeof value !== "string" || !consistsOf(value, FIELD_VALUE)) {
    throw new TypeError(
      `Cannot ${action} header ${name}: its value must be a string of ISO-8859-1 without control characters, got ${quote(String(value))}`,
    );
  }
}
