/**
 * Reads the body of a response (RFC 9112, sections 6 and 7), or as much of it as is wanted, into one array of bytes.
 */

import { type HandshakeFault, handshakeFault, isHandshakeFault, quote, quoteByte } from "./errors.ts";
import { type HeadLimits, HeadReader } from "./http-head.ts";
import type { HttpHeaders } from "./http-headers.ts";
import { CR, LF } from "./octets.ts";

/** RFC 9112, section 6.3: by chunks, by a length in bytes, or by the end of the connection. */
export type BodyFraming =
  | { readonly type: "chunked" | "untilEnd" }
  | { readonly type: "length"; readonly length: number };

/** How a body that is not ruled out by the status is framed. */
export function bodyFramingOf(headers: HttpHeaders): BodyFraming | HandshakeFault {
  const coding = headers.get("Transfer-Encoding");
  if (coding !== undefined) return { type: coding.toLowerCase() === "chunked" ? "chunked" : "untilEnd" };
  const length = headers.get("Content-Length");
  if (length === undefined) return { type: "untilEnd" };
  if (/^\d{1,15}$/.test(length)) return { type: "length", length: Number(length) };
  return handshakeFault("RESPONSE_BODY_MALFORMED", `got Content-Length: ${quote(length)}`);
}

/** A body up to a size; what goes beyond is dropped. Grows as bytes come, whatever was announced. */
class BoundedBytes {
  readonly #maxSize: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get isFull(): boolean {
    return this.#length === this.#maxSize;
  }

  append(bytes: Uint8Array): void {
    const added = bytes.subarray(0, this.#maxSize - this.#length);
    const length = this.#length + added.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(this.#maxSize, Math.max(length, 2 * this.#bytes.length)));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(added, this.#length);
    this.#length = length;
  }

  take(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

const State = { SIZE: 0, SIZE_LINE_FEED: 1, CONTENT: 2, CONTENT_CR: 3, CONTENT_LINE_FEED: 4, TRAILERS: 5 } as const;
type State = (typeof State)[keyof typeof State];

/** Hexadecimal digits of a chunk's size. More than 2^53 bytes are never reached, so that no digit needs to be exact there. */
const MAX_SIZE_DIGITS = 15;

export class BodyReader {
  readonly #limits: HeadLimits;
  readonly #isChunked: boolean;
  readonly #body: BoundedBytes;
  readonly #trailers: HeadReader;
  #state: State;
  /** Bytes left of the body or of the chunk. */
  #remaining: number;
  #digits = "";
  #sizeLineLength = 0;
  #isInExtension = false;
  #isDone: boolean;
  #fault: HandshakeFault | undefined;

  constructor(framing: BodyFraming, maxSize: number, limits: HeadLimits) {
    this.#limits = limits;
    this.#body = new BoundedBytes(maxSize);
    this.#trailers = new HeadReader([], limits);
    this.#isChunked = framing.type === "chunked";
    this.#state = this.#isChunked ? State.SIZE : State.CONTENT;
    this.#remaining = framing.type === "length" ? framing.length : Number.POSITIVE_INFINITY;
    this.#isDone = this.#remaining === 0 || (!this.#isChunked && maxSize === 0);
  }

  /** Nothing more is needed: the body is complete, or as long as wanted. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** What was read so far, or all of it. */
  get body(): Uint8Array {
    return this.#body.take();
  }

  receive(bytes: Uint8Array): HandshakeFault | undefined {
    let rest = bytes;
    while (rest.length > 0 && !this.#isDone && this.#fault === undefined) rest = this.#step(rest);
    return this.#fault;
  }

  /** Reads on and returns the bytes it did not need. */
  #step(bytes: Uint8Array): Uint8Array {
    switch (this.#state) {
      case State.SIZE:
        return this.#readSize(bytes);
      case State.SIZE_LINE_FEED:
        return this.#expect(LF, bytes, this.#remaining === 0 ? State.TRAILERS : State.CONTENT);
      case State.CONTENT:
        return this.#readContent(bytes);
      case State.CONTENT_CR:
        return this.#expect(CR, bytes, State.CONTENT_LINE_FEED);
      case State.CONTENT_LINE_FEED:
        return this.#expect(LF, bytes, State.SIZE);
      case State.TRAILERS:
        return this.#readTrailers(bytes);
    }
  }

  #readContent(bytes: Uint8Array): Uint8Array {
    const content = bytes.subarray(0, this.#remaining);
    this.#body.append(content);
    this.#remaining -= content.length;
    if (this.#body.isFull || (this.#remaining === 0 && !this.#isChunked)) this.#isDone = true;
    if (this.#remaining === 0) this.#state = State.CONTENT_CR;
    return bytes.subarray(content.length);
  }

  /** A byte of a chunk's first line: size, then extensions after a semicolon, which are skipped. */
  #readSize(bytes: Uint8Array): Uint8Array {
    const byte = bytes[0]!;
    if (byte === CR) return this.#finishSize(bytes);
    if (++this.#sizeLineLength > this.#limits.maxLineLength)
      return this.#fail("a chunk's first line exceeds maxLineLength");
    if (this.#isInExtension) {
      if (byte === LF) return this.#fail("got LF without CR");
    } else if (byte === SEMICOLON && this.#digits !== "") {
      this.#isInExtension = true;
    } else if (!isHexDigit(byte) || this.#digits.length === MAX_SIZE_DIGITS) {
      return this.#fail(`expected a chunk's size of up to ${MAX_SIZE_DIGITS} digits, got ${quoteByte(byte)}`);
    } else {
      this.#digits += String.fromCharCode(byte);
    }
    return bytes.subarray(1);
  }

  #finishSize(bytes: Uint8Array): Uint8Array {
    if (this.#digits === "") return this.#fail("a chunk has no size");
    this.#remaining = Number.parseInt(this.#digits, 16);
    this.#digits = "";
    this.#sizeLineLength = 0;
    this.#isInExtension = false;
    this.#state = State.SIZE_LINE_FEED;
    return bytes.subarray(1);
  }

  #readTrailers(bytes: Uint8Array): Uint8Array {
    const trailers = this.#trailers.receive(bytes);
    if (trailers !== undefined && isHandshakeFault(trailers)) this.#fault = trailers;
    this.#isDone = trailers !== undefined;
    return this.#trailers.rest;
  }

  #expect(expected: number, bytes: Uint8Array, next: State): Uint8Array {
    if (bytes[0] !== expected) return this.#fail(`got ${quoteByte(bytes[0]!)} where a chunk's line ends`);
    this.#state = next;
    return bytes.subarray(1);
  }

  #fail(detail: string): Uint8Array {
    this.#fault = handshakeFault("RESPONSE_BODY_MALFORMED", detail);
    return NOTHING;
  }
}

const NOTHING = new Uint8Array(0);
const SEMICOLON = 0x3b;

function isHexDigit(byte: number): boolean {
  const lowerCased = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lowerCased >= 0x61 && lowerCased <= 0x66);
}
