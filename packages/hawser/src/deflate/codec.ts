/**
 * The codec that all connections of a thread share: a WebAssembly module and its memory, which never grows.
 *
 * It works on one message at a time. A connection's window goes in with the message; nothing that the codec keeps is ever
 * taken for another connection's. Longer messages go through in portions.
 */

import { joinAll } from "../bytes/copy.ts";
import type { KeepBytes } from "../bytes/message-memory.ts";
import { instantiate } from "../bytes/web-assembly.ts";
import { CODEC_MODULE } from "./codec-module.ts";
import { type Effort, LONG_MESSAGE } from "./effort.ts";
import type { InflateFault } from "./engine.ts";
import { type HotWindow, HotWindows } from "./hot-windows.ts";
import { endsWithTail } from "./message-tail.ts";
import { WindowSource, type WindowText } from "./window-source.ts";

/** The codec's areas hold so many bytes of plaintext, and of compressed bytes. */
export const MAX_PORTION = 32_768;
/** A block's header must fit, and what is read ahead. */
const MIN_INPUT = 2_048;
/** What the module takes for a size. */
const MAX_ROOM = 0x7fff_ffff;

/** What the module's `inflate` returns. */
const Status = { DONE: 0, NEEDS_INPUT: 1, FULL: 2, INVALID: 3, TOO_BIG: 4 } as const;
/** What the module is told about input to come. */
const Following = { MORE: 0, NOTHING: 1, STRIPPED_TAIL: 2 } as const;

interface CodecExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  messageStart(): number;
  compressedStart(): number;
  configureDeflating(
    search: number,
    fixedOnly: number,
    shortest: number,
    step: number,
    recent: number,
    lazy: number,
    nice: number,
    probes: number,
    deep: number,
    far: number,
  ): void;
  beginDeflating(
    table: number,
    windowLength: number,
    windowBits: number,
    bucketBits: number,
    length: number,
    position: number,
    missing: number,
  ): void;
  deflate(length: number, isLast: number): number;
  continueDeflating(length: number): void;
  joinPortions(): void;
  beginInflating(windowLength: number, windowBits: number, copied: number): void;
  inflate(length: number, following: number, portion: number, room: number): number;
  continueInput(): number;
  continueOutput(): void;
  inflatedLength(): number;
}

/** A window's plaintext, as the codec needs it: in front of the message. */
export interface CodecWindow extends HotWindow, WindowText {}

export class Codec {
  readonly #exports: CodecExports;
  readonly #memory: Uint8Array<ArrayBuffer>;
  readonly #message: number;
  readonly #compressed: number;
  readonly #portion: number;
  readonly #inputPortion: number;
  readonly #keep: KeepBytes;
  #effort: Effort | undefined;
  readonly #hot = new HotWindows();
  readonly #source: WindowSource;

  constructor(exports: CodecExports, source: WindowSource, portion: number, keep: KeepBytes) {
    this.#exports = exports;
    this.#source = source;
    this.#memory = new Uint8Array(exports.memory.buffer);
    this.#message = exports.messageStart();
    this.#compressed = exports.compressedStart();
    this.#portion = portion;
    this.#keep = keep;
    this.#inputPortion = Math.max(portion, MIN_INPUT);
    source.attach(this.#memory, this.#message);
  }

  /** `reach`: the latest bytes of the window that may be referred to, if not all. */
  deflate(window: CodecWindow, usual: Effort, payload: Uint8Array, reach: number = window.length): Uint8Array {
    const effort = payload.length > LONG_MESSAGE && usual.long !== undefined ? usual.long : usual;
    if (effort !== this.#effort) this.#configure(effort);
    const { windowBits, bucketBits } = effort;
    const first = Math.min(payload.length, this.#portion);
    window.copyTo(this.#memory, this.#message);
    this.#memory.set(first === payload.length ? payload : payload.subarray(0, first), this.#message);
    const held = Math.min(reach, window.length);
    const { position } = window;
    const table = this.#hot.tableFor(window);
    const missing = Math.min(table.missing(window, effort), held);
    this.#exports.beginDeflating(table.index, held, windowBits, bucketBits, first, position & 0xffff, missing);
    if (held < window.length) table.forget();
    else table.enter(window, effort, payload.length, this.#hot.now);
    return first < payload.length
      ? this.#deflatePortions(payload, first)
      : this.#takeCompressed(this.#exports.deflate(first, 1));
  }

  /** The message, or why it is none. */
  inflate(window: CodecWindow, windowBits: number, payload: Uint8Array, maxSize: number): Uint8Array | InflateFault {
    this.#exports.beginInflating(window.length, windowBits, this.#source.open(window));
    const message = this.#inflatePortions(payload, maxSize);
    this.#source.close();
    return message;
  }

  #inflatePortions(payload: Uint8Array, maxSize: number): Uint8Array | InflateFault {
    let used = Math.min(payload.length, this.#inputPortion);
    let length = used;
    this.#memory.set(used === payload.length ? payload : payload.subarray(0, used), this.#compressed);
    const ending = endsWithTail(payload) ? Following.NOTHING : Following.STRIPPED_TAIL;
    const pieces: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const following = used < payload.length ? Following.MORE : ending;
      const room = Math.min(maxSize - size, MAX_ROOM);
      switch (this.#exports.inflate(length, following, this.#portion, room)) {
        case Status.DONE:
          return this.#lastPiece(pieces, size);
        case Status.NEEDS_INPUT: {
          const kept = this.#exports.continueInput();
          const more = payload.subarray(used, used + this.#inputPortion - kept);
          this.#memory.set(more, this.#compressed + kept);
          used += more.length;
          length = kept + more.length;
          break;
        }
        case Status.FULL:
          if (pieces.length === 0) this.#source.fetchAll();
          pieces.push(this.#takePlaintext());
          size += pieces.at(-1)!.length;
          this.#exports.continueOutput();
          break;
        case Status.TOO_BIG:
          return "TOO_BIG";
        default:
          return "INVALID";
      }
    }
  }

  #configure(effort: Effort): void {
    const { search, fixedOnly, shortest, step, recent, lazy, nice, probes, deep, far } = effort;
    this.#exports.configureDeflating(search, fixedOnly, shortest, step, recent, lazy, nice, probes, deep, far);
    this.#effort = effort;
  }

  #deflatePortions(payload: Uint8Array, first: number): Uint8Array {
    const pieces = [this.#takeCompressed(this.#exports.deflate(first, 0))];
    let size = pieces[0]!.length;
    for (let used = first, length = first; used < payload.length; used += length) {
      this.#exports.continueDeflating(length);
      const portion = payload.subarray(used, used + this.#portion);
      length = portion.length;
      this.#memory.set(portion, this.#message);
      this.#exports.joinPortions();
      const piece = this.#takeCompressed(this.#exports.deflate(length, used + length === payload.length ? 1 : 0));
      pieces.push(piece);
      size += piece.length;
    }
    return joinAll(pieces, size);
  }

  #takeCompressed(length: number): Uint8Array {
    return this.#keep(this.#memory, this.#compressed, this.#compressed + length);
  }

  #takePlaintext(): Uint8Array {
    return this.#keep(this.#memory, this.#message, this.#message + this.#exports.inflatedLength());
  }

  #lastPiece(pieces: Uint8Array[], size: number): Uint8Array {
    const last = this.#takePlaintext();
    return pieces.length === 0 ? last : joinAll([...pieces, last], size + last.length);
  }
}

/**
 * A codec of its own, or `undefined` where there is no WebAssembly with vectors.
 *
 * @param portion bytes of a message that are worked on at a time
 * @param keep makes what the codec returns
 */
export function instantiateCodec(portion: number, keep: KeepBytes): Codec | undefined {
  const source = new WindowSource();
  // By the name of the file that imports it
  const imports = { plaintext: { fetchWindow: (from: number, to: number) => source.fetch(from, to) } };
  const exported = instantiate(CODEC_MODULE, imports) as CodecExports | undefined;
  return exported && new Codec(exported, source, portion, keep);
}
