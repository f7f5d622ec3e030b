/** A market's feed, as JSON: trades and best offers of a few dozen instruments. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH } from "./vocabulary.ts";

interface Instrument {
  readonly symbol: string;
  readonly venue: string;
  /** In hundredths. */
  price: number;
  sequence: number;
}

const LETTERS = [..."ABCDEFGHIJKLMNOPRSTUVWXYZ"];

export const ticks: CorpusKind = {
  name: "ticks",
  title: "market trades and quotes, JSON",
  heldOut: false,
  start(random) {
    const instruments = Array.from({ length: 40 }, () => instrument(random));
    let now = EPOCH;
    return () => {
      const one = random.skewed(instruments);
      now += random.between(0, 40);
      one.sequence += random.between(1, 3);
      one.price = Math.max(100, one.price + Math.round(random.bell() * 4));
      return JSON.stringify(random.chance(0.6) ? quote(random, one, now) : trade(random, one, now));
    };
  },
};

function instrument(random: Random): Instrument {
  const symbol = Array.from({ length: random.between(2, 4) }, () => random.pick(LETTERS)).join("");
  const venue = random.pick(["XNAS", "XNYS", "ARCX", "BATS"]);
  return { symbol, venue, price: random.between(800, 90_000), sequence: random.between(1, 900_000) };
}

function quote(random: Random, { symbol, venue, price, sequence }: Instrument, now: number): object {
  const spread = random.between(1, 5);
  return {
    t: "q",
    s: symbol,
    x: venue,
    n: sequence,
    b: decimal(price - spread),
    bs: random.between(1, 40) * 100,
    a: decimal(price + spread),
    as: random.between(1, 40) * 100,
    ts: now,
  };
}

function trade(random: Random, { symbol, venue, price, sequence }: Instrument, now: number): object {
  const size = random.chance(0.4) ? 100 : random.between(1, 2_500);
  const side = random.pick(["B", "S"]);
  return { t: "t", s: symbol, x: venue, n: sequence, p: decimal(price), v: size, sd: side, c: ["@"], ts: now };
}

function decimal(hundredths: number): string {
  return (hundredths / 100).toFixed(2);
}
