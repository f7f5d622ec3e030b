/**
 * Counts replies by their frame headers, where the bytes cannot be known beforehand: a server's compressor decides them, and
 * a ping may come between. The contents are checked on a sample.
 *
 * Each reply must be one unfragmented frame.
 */
import { constants, inflateRawSync } from "node:zlib";
import { PING } from "./frame.ts";
import { offsetsOf } from "./offsets.ts";
import { type ReplyReader, WrongEcho } from "./reply-reader.ts";

/** Distances of DEFLATE data go as far as 32 KiB (RFC 1951). */
const LARGEST_WINDOW_BITS = 15;

/** One in so many replies is inflated and compared: often enough to notice, seldom enough not to be the bottleneck. */
const SAMPLE_INTERVAL = 32;

/** What `Z_SYNC_FLUSH` ends with, which a sender removes (RFC 7692, section 7.2.1). */
const FLUSH_TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

export interface ReplyHistoryOptions {
  /** How many cycles of the replies went before the first, or what comes to the same; default 0. */
  readonly lapsBefore?: number;
  /** The window that was agreed: base-2 logarithm of bytes; default 15. */
  readonly windowBits?: number;
}

/** The plaintext that a connection has returned up to any point: the window that a reply may refer to. */
export class ReplyHistory {
  readonly payloads: readonly Uint8Array[];
  readonly windowBits: number;
  readonly #lapsBefore: number;
  readonly #offsets: readonly number[];
  readonly #cycleLength: number;
  readonly #bytes: Buffer;
  /** The last reply that was found right: of a broadcast, the same bytes come to many. */
  #right: { readonly index: number; readonly compressed: Buffer } | undefined;

  /** @param payloads the replies, all in turn, again and again. */
  constructor(payloads: readonly Uint8Array[], options: ReplyHistoryOptions = {}) {
    const { lapsBefore = 0, windowBits = LARGEST_WINDOW_BITS } = options;
    this.payloads = payloads;
    this.windowBits = windowBits;
    this.#lapsBefore = lapsBefore;
    this.#offsets = offsetsOf(payloads);
    this.#cycleLength = this.#offsets.at(-1)!;
    const repeats = 1 + Math.ceil((1 << windowBits) / this.#cycleLength);
    const cycle = Buffer.concat(payloads);
    this.#bytes = Buffer.concat(Array.from({ length: repeats }, () => cycle));
  }

  /** What message number `index` may refer to: as much as the window holds, or all that was returned before it. */
  windowBefore(index: number): Buffer {
    const laps = this.#lapsBefore + Math.floor(index / this.payloads.length);
    const total = laps * this.#cycleLength + this.#offsets[index % this.payloads.length]!;
    const surplus = Math.max(0, total - this.#bytes.length);
    const end = total - Math.ceil(surplus / this.#cycleLength) * this.#cycleLength;
    return this.#bytes.subarray(Math.max(0, end - (1 << this.windowBits)), end);
  }

  /** Whether message number `index` may come as these bytes, compressed. Throws if they cannot be inflated. */
  isRight(index: number, compressed: Buffer): boolean {
    if (this.#right?.index === index && this.#right.compressed.equals(compressed)) return true;
    if (!inflate(compressed, this, index).equals(this.payloads[index % this.payloads.length]!)) return false;
    this.#right = { index, compressed: Buffer.from(compressed) };
    return true;
  }
}

export interface ParsedReplyOptions {
  readonly opcode: number;
  readonly history: ReplyHistory;
  /** Whether a reply may have RSV1 set. */
  readonly compression: boolean;
  /** A ping came; `payload` is valid only during the call, and cut short if the ping came in two reads. */
  onPing(payload: Uint8Array): void;
}

interface Header {
  readonly first: number;
  /** Bytes of the header. */
  readonly size: number;
  readonly length: number;
}

export class ParsedReplyReader implements ReplyReader {
  readonly #options: ParsedReplyOptions;
  /** A header that the last chunk broke off. */
  #partial: Buffer = Buffer.alloc(0);
  /** Payload bytes of the current frame still to come. */
  #remaining = 0;
  #isReply = false;
  #replies = 0;

  constructor(options: ParsedReplyOptions) {
    this.#options = options;
  }

  read(chunk: Buffer): number {
    const before = this.#replies;
    const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
    let at = this.#skipPayload(bytes, 0);
    for (let header = readHeader(bytes, at); header !== undefined; header = readHeader(bytes, at)) {
      this.#enterFrame(header, bytes.subarray(at + header.size, at + header.size + header.length));
      at = this.#skipPayload(bytes, at + header.size);
    }
    this.#partial = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
    return this.#replies - before;
  }

  /** @param payload as much of it as this chunk holds. */
  #enterFrame({ first, length }: Header, payload: Buffer): void {
    this.#remaining = length;
    this.#isReply = (first & 0x0f) !== PING;
    if (this.#isReply) this.#checkReply(first, length, payload);
    else this.#options.onPing(payload);
  }

  #checkReply(first: number, length: number, payload: Buffer): void {
    this.#checkHeader(first);
    if (this.#replies % SAMPLE_INTERVAL === 0 && payload.length === length) this.#checkContent(first, payload);
  }

  #skipPayload(bytes: Buffer, at: number): number {
    const skipped = Math.min(this.#remaining, bytes.length - at);
    this.#remaining -= skipped;
    if (this.#remaining === 0 && this.#isReply) {
      this.#replies++;
      this.#isReply = false;
    }
    return at + skipped;
  }

  #checkHeader(first: number): void {
    const allowed = this.#options.compression ? 0xc0 : 0x80;
    if ((first & 0x8f) === (0x80 | this.#options.opcode) && (first & 0xf0 & ~allowed) === 0) return;
    throw new WrongEcho(
      `reply ${this.#replies} begins with 0x${first.toString(16)}, expected one frame of opcode ${this.#options.opcode}`,
    );
  }

  #checkContent(first: number, payload: Buffer): void {
    const { history } = this.#options;
    const isCompressed = (first & 0x40) !== 0;
    const expected = history.payloads[this.#replies % history.payloads.length]!;
    if (isCompressed ? history.isRight(this.#replies, payload) : payload.equals(expected)) return;
    throw new WrongEcho(`reply ${this.#replies} differs from what it should be`);
  }
}

/** As a peer with a window of the size agreed does: what refers to anything farther away is an error. */
function inflate(payload: Buffer, history: ReplyHistory, index: number): Buffer {
  const { windowBits } = history;
  const window = history.windowBefore(index);
  try {
    const data = Buffer.concat([payload, FLUSH_TAIL]);
    const dictionary = window.length === 0 ? {} : { dictionary: window };
    return inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, windowBits, ...dictionary });
  } catch (cause) {
    throw new WrongEcho("a compressed reply cannot be inflated", { cause });
  }
}

/** The header at this place of a server's stream, `undefined` while it is not complete. */
function readHeader(bytes: Buffer, at: number): Header | undefined {
  if (bytes.length - at < 2) return undefined;
  const first = bytes[at]!;
  const short = bytes[at + 1]!;
  if (short < 126) return { first, size: 2, length: short };
  const size = short === 126 ? 4 : 10;
  if (bytes.length - at < size) return undefined;
  return { first, size, length: short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2)) };
}
