/** Orders, their executions, and a market's depth, in the tag=value text of FIX 4.4: what a broker's gateway sends a trader. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH, timestamp } from "./vocabulary.ts";

interface Instrument {
  readonly symbol: string;
  readonly isin: string;
  /** In hundredths. */
  price: number;
}

interface Order {
  readonly id: string;
  readonly clientId: string;
  readonly instrument: Instrument;
  readonly side: "1" | "2";
  readonly quantity: number;
  readonly price: number;
  filled: number;
}

/** Tags and values. */
type Field = readonly [tag: number, value: string | number];

const SYMBOLS = ["ADSX", "BMWQ", "CBKK", "DTEG", "ENRX", "HENT", "IFXD", "MRKB", "RWEA", "SAPU", "VNAZ", "ZALN"];
const SOH = "\u0001";

export const orders: CorpusKind = {
  name: "orders",
  title: "orders, executions and market depth, FIX",
  heldOut: true,
  start(random) {
    const instruments = SYMBOLS.map((symbol) => instrument(random, symbol));
    const open: Order[] = [];
    let [now, sequence] = [EPOCH, random.between(1_000, 90_000)];
    return () => {
      now += random.between(1, 900);
      sequence++;
      for (const one of instruments) one.price = Math.max(100, one.price + Math.round(random.bell() * 2));
      const [kind, fields] = random.chance(0.45)
        ? depth(random, instruments)
        : execution(random, instruments, open, now);
      return message(kind, sequence, now, fields);
    };
  },
};

function instrument(random: Random, symbol: string): Instrument {
  return { symbol, isin: `DE000${random.between(1_000_000, 9_999_999)}`, price: random.between(800, 24_000) };
}

/** What was ordered, or what became of it. */
function execution(random: Random, all: readonly Instrument[], open: Order[], now: number): [string, Field[]] {
  const isNew = open.length < 4 || (open.length < 40 && random.chance(0.4));
  const at = isNew ? open.length : random.between(0, open.length - 1);
  if (isNew) open.push(order(random, all));
  const one = open[at]!;
  const share = Math.min(one.quantity - one.filled, random.between(1, 8) * 25);
  const isCancelled = !isNew && random.chance(0.15);
  const last = isNew || isCancelled ? 0 : share;
  one.filled += last;
  const isDone = isCancelled || one.filled === one.quantity;
  if (isDone) open.splice(at, 1);
  const type = isNew ? "0" : isCancelled ? "4" : "F";
  const status = isCancelled ? "4" : isDone ? "2" : one.filled > 0 ? "1" : "0";
  return ["8", report(random, one, last, type, status, now)];
}

function order(random: Random, all: readonly Instrument[]): Order {
  const chosen = random.skewed(all);
  const [id, clientId] = [`O${random.between(10_000_000, 99_999_999)}`, `TR7-${random.base64url(9)}`];
  const price = chosen.price + random.between(-12, 12);
  return {
    id,
    clientId,
    instrument: chosen,
    side: random.pick(["1", "2"]),
    quantity: random.between(1, 40) * 25,
    price,
    filled: 0,
  };
}

function report(random: Random, one: Order, last: number, type: string, status: string, now: number): Field[] {
  const fields: Field[] = [
    [37, one.id],
    [11, one.clientId],
    [17, `E${random.between(100_000_000, 999_999_999)}`],
    [150, type],
    [39, status],
    [1, "ACC-20931"],
    [55, one.instrument.symbol],
    [48, one.instrument.isin],
    [22, "4"],
    [54, one.side],
    [38, one.quantity],
    [40, "2"],
    [44, money(one.price)],
    [59, "0"],
  ];
  if (last > 0) fields.push([32, last], [31, money(one.price)], [30, random.pick(["XETR", "XFRA", "XGAT"])]);
  return [...fields, [151, status === "4" ? 0 : one.quantity - one.filled], [14, one.filled], [60, time(now)]];
}

/** Levels of the book that changed. */
function depth(random: Random, all: readonly Instrument[]): [string, Field[]] {
  const { symbol, price } = random.skewed(all);
  const levels = random.between(1, 5);
  const fields: Field[] = [
    [262, "MD-1"],
    [268, levels],
  ];
  for (let level = 0; level < levels; level++) {
    const isBid = random.chance(0.5);
    const at = price + (isBid ? -1 : 1) * random.between(1, 9);
    fields.push([279, random.pick(["0", "1", "1", "2"])], [269, isBid ? "0" : "1"], [55, symbol]);
    fields.push([270, money(at)], [271, random.between(1, 400) * 5], [346, random.between(1, 19)]);
  }
  return ["X", fields];
}

/** With the length of the body in front, and the sum of all bytes at the end. */
function message(kind: string, sequence: number, now: number, fields: readonly Field[]): string {
  const head: Field[] = [
    [35, kind],
    [49, "BROKER1"],
    [56, "TRADER7"],
    [34, sequence],
    [52, time(now)],
  ];
  const body = text([...head, ...fields]);
  const whole = text([
    [8, "FIX.4.4"],
    [9, body.length],
  ]).concat(body);
  let sum = 0;
  for (let index = 0; index < whole.length; index++) sum += whole.charCodeAt(index);
  return whole + text([[10, String(sum % 256).padStart(3, "0")]]);
}

function text(fields: readonly Field[]): string {
  return fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join("");
}

function money(hundredths: number): string {
  return (hundredths / 100).toFixed(2);
}

/** `20260302-09:15:07.123`. */
function time(milliseconds: number): string {
  return timestamp(milliseconds).slice(0, -1).replace("-", "").replace("-", "").replace("T", "-");
}
