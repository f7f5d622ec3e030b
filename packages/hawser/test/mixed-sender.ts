/**
 * What one connection of the mixed world receives: from a zlib stream of its peer's, and corrupted payloads besides.
 */

import type { DeflateRaw } from "node:zlib";
import type { DeflateEngine, Inflater } from "../src/deflate/engine.ts";
import { SlidingWindow } from "../src/deflate/sliding-window.ts";
import { zlibEngine } from "../src/node/zlib-engine.ts";
import type { ExtensionFault } from "../src/protocol/extension.ts";
import type { Member } from "./audience-world.ts";
import { type Chance, compressedBy, corrupt, createZlibStream, equal, type Settings, seeded } from "./deflate-fuzz.ts";

const TAIL_SIZE = 4;
/** So much is allowed that a few thousand compressed bytes are inflated in the pool. */
const MAX_SIZE = 8_388_608;

/** A text of ten letters for each connection, of which no corrupted one is another's by chance. */
const CANARY = /~[a-z]{10}~/g;
/** Whose they are. */
const canaries = new Map<string, number>();

function canaryOf(number: number): string {
  const chance = seeded(number);
  const canary = `~${String.fromCharCode(...Array.from({ length: 10 }, () => 97 + chance(26)))}~`;
  canaries.set(canary, number);
  return canary;
}

/** What a connection receives, from one zlib stream. */
export class Sender {
  readonly number: number;
  readonly canary: Uint8Array;
  readonly settings: Settings & { readonly noContextTakeover: boolean };
  readonly #member: Member;
  readonly #stream: DeflateRaw;
  /** Receives all that the connection receives, and corrupted payloads besides. */
  readonly double: Inflater;
  /** What is in both windows, by another account. */
  readonly #window: SlidingWindow;
  readonly #payloads: Uint8Array[] = [];
  #pending: { readonly message: Uint8Array; readonly decoding: Promise<Uint8Array | ExtensionFault> } | undefined;

  constructor(number: number, member: Member, settings: Settings, engine: DeflateEngine) {
    this.number = number;
    this.canary = Buffer.from(canaryOf(number));
    this.settings = { ...settings, ...member.settings.receiving! };
    this.#member = member;
    this.#stream = createZlibStream(settings);
    this.double = engine.createInflater(settings);
    this.#window = new SlidingWindow(settings.windowBits);
  }

  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  async send(message: Uint8Array, fragments: number, hasTail: boolean): Promise<void> {
    const { noContextTakeover } = this.settings;
    const compressed = await compressedBy(this.#stream, message, fragments);
    if (noContextTakeover) this.#stream.reset();
    const payload = hasTail ? compressed : compressed.subarray(0, -TAIL_SIZE);
    if (payload.length > 1) this.#payloads.push(payload);
    if (this.#payloads.length > 4) this.#payloads.shift();
    this.#expect(this.double.inflate(payload, message.length), message);
    this.#window.append(message);
    if (noContextTakeover) this.#forget();
    const { extension } = this.#member;
    const isStreamed = fragments > 1;
    const decoding = isStreamed ? undefined : extension.decodeLater(payload, MAX_SIZE);
    if (decoding !== undefined) this.#pending = { message, decoding };
    else this.#expect(isStreamed ? this.#decodeParts(payload) : extension.decode(payload, message.length), message);
  }

  /** Decodes as a reader does that takes a message in pieces. */
  #decodeParts(payload: Uint8Array): Uint8Array | string {
    const { extension } = this.#member;
    const pieces: Uint8Array[] = [];
    let begin = 0;
    for (let at = payload.indexOf(0xff); at !== -1 && at < payload.length - 1; at = payload.indexOf(0xff, at + 1)) {
      const part = extension.decodePart(payload.subarray(begin, at + 1), MAX_SIZE);
      if (part === undefined) continue;
      if (typeof part === "string") return part;
      pieces.push(part);
      begin = at + 1;
    }
    const last = extension.decode(payload.subarray(begin), MAX_SIZE);
    return typeof last === "string" ? last : Buffer.concat([...pieces, last]);
  }

  /** Receives the message that is decoded elsewhere, if there is one. */
  async finish(): Promise<void> {
    if (this.#pending === undefined) return;
    const { message, decoding } = this.#pending;
    const received = await decoding;
    this.#pending = undefined;
    if (!this.#member.isClosed) this.#expect(received, message);
  }

  /** Gives the double a corrupted payload, and says what there is to say about it. */
  attack(chance: Chance): "accepted" | "refused" | "stricter" | undefined {
    const [one, other] = [this.#payloads, this.#payloads].map((payloads) => payloads[chance(payloads.length || 1)]);
    if (one === undefined) return undefined;
    const payload = corrupt(chance, one, other!);
    if (equal(payload, one)) return undefined;
    const maxSize = chance(8) === 0 ? chance(500) : 100_000;
    const oracle = zlibEngine.createInflater(this.settings);
    oracle.append(this.#window.bytes);
    const expected = oracle.inflate(payload, maxSize);
    const result = this.double.inflate(payload, maxSize);
    if (typeof result === "string") return typeof expected === "string" ? "refused" : "stricter";
    this.#expect(result, expected);
    // It is in the window of one, and not of the others
    this.double.reset();
    this.double.append(this.#window.bytes);
    return "accepted";
  }

  close(): void {
    this.#stream.close();
    this.double.reset();
  }

  #forget(): void {
    this.#window.reset();
    this.double.reset();
  }

  #expect(received: Uint8Array | string, expected: Uint8Array | string): void {
    const name = `connection ${this.number} ${JSON.stringify(this.settings)}`;
    if (typeof expected === "string" || !equal(received, expected)) {
      throw new Error(`${name} received ${received.length} bytes, expected ${expected.length}`);
    }
    for (const [canary] of Buffer.from(expected).toString("latin1").matchAll(CANARY)) {
      const owner = canaries.get(canary) ?? this.number;
      if (owner !== this.number) throw new Error(`${name} received ${canary} of connection ${owner}`);
    }
  }
}
