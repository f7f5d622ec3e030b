/**
 * Reads the head of an HTTP/1.1 message (RFC 9112, sections 2 to 5): a start line, headers, an empty line.
 *
 * Bytes may come in any portions; each is looked at once, and the head is refused at the first byte that no valid head has in
 * that place. What kind of start line it is comes in as a list of {@link StartLinePart}s, so that this file knows neither
 * requests nor responses; with an empty list it reads the trailers of a chunked body. It is stricter than RFC 9112 must be: no
 * line ends with LF alone, and no header is folded.
 */

import { type HandshakeErrorCode, type HandshakeFault, handshakeFault, quoteByte } from "./errors.ts";
import { HttpHeaders } from "./http-headers.ts";
import { COLON, CR, decodeAscii, decodeLatin1, FIELD_VALUE, HTAB, LF, type OctetClass, SP, TOKEN } from "./octets.ts";

export interface HeadLimits {
  /** Bytes of the start line, or of one header's line, without its CR LF. */
  readonly maxLineLength: number;
  readonly maxHeaders: number;
  /** Bytes of all header lines together. */
  readonly maxHeaderSize: number;
}

/** A stretch of the start line, up to a delimiter that is not part of it. */
export interface StartLinePart {
  readonly octets: OctetClass;
  readonly delimiter: number;
  /** What an octet outside the class is answered with. */
  readonly malformed: HandshakeErrorCode;
  readonly tooLong: HandshakeErrorCode;
  /** What is wrong with the text, if anything is. */
  judge(text: string): HandshakeFault | undefined;
}

export interface ParsedHead {
  /** The texts of the start line's parts. */
  readonly startLine: readonly string[];
  readonly headers: HttpHeaders;
}

const State = {
  START_LINE: 0,
  LINE_FEED: 1,
  LINE_START: 2,
  NAME: 3,
  WHITESPACE: 4,
  VALUE: 5,
  LAST_LINE_FEED: 6,
} as const;

type State = (typeof State)[keyof typeof State];

/** No text has begun. */
const NONE = -1;
const NOTHING = new Uint8Array(0);

export class HeadReader {
  readonly #parts: readonly StartLinePart[];
  readonly #limits: HeadLimits;
  readonly #startLine: string[] = [];
  readonly #lines: string[] = [];
  #state: State;
  #result: ParsedHead | HandshakeFault | undefined;

  #bytes: Uint8Array = NOTHING;
  /** `#bytes` as text, if it was worth decoding them at once. */
  #text: string | undefined;
  #position = 0;
  /** Where the text being read begins in `#bytes`; what earlier portions had of it is in `#carry`. */
  #mark = NONE;
  #carry = NOTHING;
  #carryLength = 0;
  /** Where the line and the headers began, counted from the first of `#bytes`: negative if in an earlier portion. */
  #lineStart = 0;
  #headersStart = 0;

  constructor(parts: readonly StartLinePart[], limits: HeadLimits) {
    this.#parts = parts;
    this.#limits = limits;
    this.#state = parts.length > 0 ? State.START_LINE : State.LINE_START;
  }

  /** The head or the fault once there is one; must not be called after that. */
  receive(bytes: Uint8Array): ParsedHead | HandshakeFault | undefined {
    this.#bytes = bytes;
    this.#text = isLikelyHead(bytes) ? decodeAscii(bytes) : undefined;
    this.#position = 0;
    while (this.#position < bytes.length && this.#result === undefined) this.#step();
    if (this.#result === undefined) this.#keepPartialText();
    return this.#result;
  }

  /** The bytes after the head, a view of those last received. Empty before the head is complete. */
  get rest(): Uint8Array {
    return this.#result === undefined ? NOTHING : this.#bytes.subarray(this.#position);
  }

  /** At least one byte is left. */
  #step(): void {
    switch (this.#state) {
      case State.START_LINE:
        this.#readStartLinePart();
        break;
      case State.LINE_FEED:
        this.#readLineFeed();
        break;
      case State.LINE_START:
        this.#readLineStart();
        break;
      case State.NAME:
        this.#readName();
        break;
      case State.WHITESPACE:
        this.#readWhitespace();
        break;
      case State.VALUE:
        this.#readValue();
        break;
      case State.LAST_LINE_FEED:
        this.#readLastLineFeed();
        break;
    }
  }

  #readStartLinePart(): void {
    const part = this.#parts[this.#startLine.length]!;
    const text = this.#readText(part.octets, part.delimiter, part.malformed, part.tooLong);
    if (text === undefined) return;
    this.#startLine.push(text);
    this.#result = part.judge(text);
    if (this.#startLine.length === this.#parts.length) this.#state = State.LINE_FEED;
  }

  #readLineFeed(): void {
    if (!this.#expectLineFeed()) return;
    if (this.#lines.length === 0) this.#headersStart = this.#position;
    this.#lineStart = this.#position;
    this.#state = State.LINE_START;
  }

  #readLineStart(): void {
    const byte = this.#bytes[this.#position]!;
    if (byte === CR) {
      this.#position++;
      this.#state = State.LAST_LINE_FEED;
    } else if (byte === SP || byte === HTAB) {
      this.#fail("HEADER_FOLDED");
    } else if (this.#lines.length === 2 * this.#limits.maxHeaders) {
      this.#fail("HEADERS_TOO_MANY", `expected at most ${this.#limits.maxHeaders}`);
    } else {
      this.#state = State.NAME;
    }
  }

  #readName(): void {
    const name = this.#readText(TOKEN, COLON, "HEADER_NAME_INVALID", "HEADER_LINE_TOO_LONG");
    if (name === undefined) return;
    if (name === "") this.#fail("HEADER_NAME_INVALID", "got an empty name");
    this.#lines.push(name);
    this.#state = State.WHITESPACE;
  }

  #readWhitespace(): void {
    const byte = this.#bytes[this.#position]!;
    if (byte !== SP && byte !== HTAB) this.#state = State.VALUE;
    else if (this.#position >= this.#limit()) this.#failTooLong("HEADER_LINE_TOO_LONG");
    else this.#position++;
  }

  #readValue(): void {
    const value = this.#readText(FIELD_VALUE, CR, "HEADER_VALUE_INVALID", "HEADER_LINE_TOO_LONG");
    if (value === undefined) return;
    this.#lines.push(withoutTrailingWhitespace(value));
    this.#state = State.LINE_FEED;
  }

  #readLastLineFeed(): void {
    if (!this.#expectLineFeed()) return;
    this.#result = { startLine: this.#startLine, headers: HttpHeaders.ofParsedLines(this.#lines) };
  }

  /** Takes the text up to the delimiter, and that. `undefined`: not complete yet, or a fault. */
  #readText(
    octets: OctetClass,
    delimiter: number,
    malformed: HandshakeErrorCode,
    tooLong: HandshakeErrorCode,
  ): string | undefined {
    const bytes = this.#bytes;
    const limit = this.#limit();
    const end = Math.min(bytes.length, limit);
    let position = this.#position;
    if (this.#mark === NONE) this.#mark = position;
    while (position < end && octets[bytes[position]!] === 1) position++;
    this.#position = position;
    if (position === bytes.length) return undefined;
    if (bytes[position] === delimiter) return this.#takeText();
    if (position >= limit) this.#failTooLong(tooLong);
    else this.#failMalformed(malformed, bytes[position]!);
    return undefined;
  }

  /** The text from the mark to the position, at which the delimiter stands. */
  #takeText(): string {
    const text = this.#carryLength > 0 ? this.#takeCarriedText() : this.#portionOfText();
    this.#mark = NONE;
    this.#position++;
    return text;
  }

  #portionOfText(): string {
    if (this.#text !== undefined) return this.#text.slice(this.#mark, this.#position);
    return decodeLatin1(this.#bytes, this.#mark, this.#position);
  }

  #takeCarriedText(): string {
    this.#appendToCarry(this.#position);
    const text = decodeLatin1(this.#carry, 0, this.#carryLength);
    this.#carryLength = 0;
    return text;
  }

  /** Called at the end of a portion that did not complete the head. The text, if any, goes on in the next portion. */
  #keepPartialText(): void {
    if (this.#mark !== NONE) {
      this.#appendToCarry(this.#bytes.length);
      this.#mark = 0;
    }
    this.#lineStart -= this.#bytes.length;
    this.#headersStart -= this.#bytes.length;
    this.#bytes = NOTHING;
    this.#text = undefined;
    this.#position = 0;
  }

  /** The carry never exceeds a line, whose length is checked while it is read. It doubles, so that no byte is copied often. */
  #appendToCarry(end: number): void {
    const length = this.#carryLength + end - this.#mark;
    if (length > this.#carry.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#carry.length));
      larger.set(this.#carry.subarray(0, this.#carryLength));
      this.#carry = larger;
    }
    this.#carry.set(this.#bytes.subarray(this.#mark, end), this.#carryLength);
    this.#carryLength = length;
  }

  /** Where the current line must have ended at the latest. */
  #limit(): number {
    const lineEnd = this.#lineStart + this.#limits.maxLineLength;
    if (this.#state === State.START_LINE) return lineEnd;
    return Math.min(lineEnd, this.#headersStart + this.#limits.maxHeaderSize);
  }

  #expectLineFeed(): boolean {
    const byte = this.#bytes[this.#position]!;
    if (byte === LF) this.#position++;
    else this.#fail("LINE_ENDING_INVALID", `got ${quoteByte(byte)} after CR`);
    return byte === LF;
  }

  #failTooLong(line: HandshakeErrorCode): void {
    const { maxLineLength, maxHeaderSize } = this.#limits;
    const isLineTooLong = this.#position - this.#lineStart >= maxLineLength;
    if (isLineTooLong) this.#fail(line, `expected at most ${maxLineLength} bytes`);
    else this.#fail("HEADERS_TOO_LARGE", `expected at most ${maxHeaderSize} bytes`);
  }

  #failMalformed(code: HandshakeErrorCode, byte: number): void {
    if (byte === LF) this.#fail("LINE_ENDING_INVALID", "got LF without CR");
    else this.#fail(code, `got ${quoteByte(byte)}`);
  }

  #fail(code: HandshakeErrorCode, detail?: string): void {
    this.#result = handshakeFault(code, detail);
  }
}

/**
 * Most heads come in one portion, and texts cut from one string cost a third of those decoded one by one. A short portion would
 * gain nothing; a long one has mostly other bytes after the head.
 */
function isLikelyHead({ length }: Uint8Array): boolean {
  return length >= 64 && length <= 4096;
}

function withoutTrailingWhitespace(value: string): string {
  let end = value.length;
  while (end > 0 && (value.charCodeAt(end - 1) === SP || value.charCodeAt(end - 1) === HTAB)) end--;
  return value.slice(0, end);
}
