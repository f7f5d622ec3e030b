/** Message contents: the same bytes in every run, so that runs can be compared. */
import type { PayloadKind } from "../workloads/workload.ts";

const MIB = 1024 * 1024;

/** Different messages that a connection sends in turn, so that nothing profits from a constant. */
const SMALL_VARIANTS = 16;
const LARGE_VARIANTS = 2;

/** So many that none comes again within DEFLATE's largest window, 32 KiB: a compressor finds likeness, never a copy. */
const JSON_VARIANTS = 1024;

/** The messages that are sent in turn. `size` is exact for `binary` and `text`, approximate for `json`. */
export function makePayloads(kind: PayloadKind, size: number): Uint8Array[] {
  const next = pseudoRandom(size + 1);
  return Array.from({ length: countVariants(kind, size) }, () => MAKERS[kind](size, next));
}

function countVariants(kind: PayloadKind, size: number): number {
  if (size >= MIB) return LARGE_VARIANTS;
  return kind === "json" ? JSON_VARIANTS : SMALL_VARIANTS;
}

/** A pseudo-random sequence of unsigned 32-bit integers (xorshift32) that depends on nothing but the seed. */
export function pseudoRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

const MAKERS: Readonly<Record<PayloadKind, (size: number, next: () => number) => Uint8Array>> = {
  binary: (size, next) => Uint8Array.from({ length: size }, () => next() & 0xff),
  text: (size, next) => Buffer.from(sentence(size, next), "latin1"),
  json: (size, next) => Buffer.from(tickerMessage(size, next), "latin1"),
};

const WORDS = ["harbour", "tide", "anchor", "mast", "rope", "keel", "north", "gale", "buoy", "deck"];

function sentence(size: number, next: () => number): string {
  let text = "";
  while (text.length < size) text += `${WORDS[next() % WORDS.length]} `;
  return text.slice(0, size);
}

/** What a live feed sends: field names that repeat from message to message, and numbers that do not. */
function tickerMessage(size: number, next: () => number): string {
  const price = () => (next() % 1_000_000) / 100;
  const message = {
    type: "trade",
    symbol: `${WORDS[next() % WORDS.length]}/usd`,
    sequence: next() % 10_000_000,
    price: price(),
    bid: price(),
    ask: price(),
    volume: next() % 50_000,
    side: next() % 2 === 0 ? "buy" : "sell",
    time: 1_760_000_000_000 + (next() % 1_000_000_000),
    note: "",
  };
  message.note = sentence(Math.max(0, size - JSON.stringify(message).length), next);
  return JSON.stringify(message);
}
