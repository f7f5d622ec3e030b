/** Batches of readings, events and states of machines in a plant, binary, as maps of MessagePack. */

import { ByteWriter } from "./byte-writer.ts";
import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH } from "./vocabulary.ts";

/** What MessagePack can say here: whole numbers and fractions apart. */
type Value = string | boolean | null | Whole | Fraction | readonly Value[] | ReadonlyMap<string, Value>;

interface Whole {
  readonly whole: number;
}

interface Fraction {
  readonly fraction: number;
}

interface Channel {
  readonly name: string;
  readonly unit: string;
  value: number;
  readonly spread: number;
}

interface Machine {
  readonly name: string;
  readonly channels: readonly Channel[];
  cycle: number;
}

const CHANNELS = [
  ["spindle.temp", "degC", 61, 0.2],
  ["spindle.rpm", "1/min", 8_400, 14],
  ["coolant.flow", "l/min", 12.5, 0.1],
  ["vib.x", "mm/s", 1.4, 0.2],
  ["vib.y", "mm/s", 1.1, 0.2],
  ["power", "kW", 7.8, 0.4],
] as const;
const ALARMS = [
  "E-1042 door interlock",
  "W-0210 tool life below 5 %",
  "W-0311 coolant level low",
  "E-2007 axis Z overload",
];

export const machines: CorpusKind = {
  name: "machines",
  title: "batches of readings of machines, MessagePack",
  heldOut: true,
  start(random) {
    const plant = Array.from({ length: 5 }, (_, at) => machine(random, at + 1));
    let now = EPOCH;
    return () => {
      now += random.between(5, 250);
      const one = random.pick(plant);
      const share = random.fraction();
      const body = share < 0.75 ? readings(random, one) : share < 0.93 ? state(random, one) : alarm(random);
      const head: [string, Value][] = [
        ["src", one.name],
        ["ts", { whole: now }],
      ];
      return encoded(new Map([...head, ...body]));
    };
  },
};

function machine(random: Random, number: number): Machine {
  const channels = CHANNELS.map(([name, unit, value, spread]) => ({
    name,
    unit,
    value: value * (0.9 + random.fraction() * 0.2),
    spread,
  }));
  return { name: `plant2/hall${random.between(1, 3)}/mill-${number}`, channels, cycle: random.between(1, 90_000) };
}

/** Some samples of each of a few channels, as differences from the first in units of a hundredth. */
function readings(random: Random, { channels }: Machine): [string, Value][] {
  const chosen = channels.filter(() => random.chance(0.5));
  const batch = (chosen.length > 0 ? chosen : channels.slice(0, 1)).map((channel) => {
    const base = Math.fround(channel.value);
    const samples = Array.from({ length: random.between(3, 10) }, () => {
      channel.value += channel.spread * random.bell() * 0.3;
      return { whole: Math.round((channel.value - base) * 100) };
    });
    return new Map<string, Value>([
      ["ch", channel.name],
      ["u", channel.unit],
      ["v0", { fraction: base }],
      ["d", samples],
    ]);
  });
  return [
    ["t", "sample"],
    ["dt", { whole: 20 }],
    ["batch", batch],
  ];
}

function state(random: Random, one: Machine): [string, Value][] {
  one.cycle += random.between(0, 2);
  return [
    ["t", "state"],
    ["mode", random.pick(["auto", "auto", "manual", "setup"])],
    ["running", random.chance(0.9)],
    ["cycle", { whole: one.cycle }],
    ["tool", random.chance(0.1) ? null : { whole: random.between(1, 24) }],
    ["pos", [-1, 1, 1].map((sign) => ({ whole: sign * random.between(0, 400_000) }))],
  ];
}

function alarm(random: Random): [string, Value][] {
  return [
    ["t", "alarm"],
    ["id", { whole: random.uint32() }],
    ["text", random.pick(ALARMS)],
    ["ack", random.chance(0.3)],
  ];
}

function encoded(value: Value): Uint8Array {
  const writer = new ByteWriter();
  put(writer, value);
  return writer.take();
}

function put(writer: ByteWriter, value: Value): void {
  if (value === null) writer.uint8(0xc0);
  else if (typeof value === "boolean") writer.uint8(value ? 0xc3 : 0xc2);
  else if (typeof value === "string") putText(writer, value);
  else if (value instanceof Map) putMap(writer, value);
  else if (Array.isArray(value)) putArray(writer, value);
  else if ("fraction" in value)
    writer.uint8(0xca).bytes(bigEndian(4, (view) => view.setFloat32(0, (value as Fraction).fraction)));
  else putWhole(writer, (value as Whole).whole);
}

/** All texts and arrays here are shorter than their short forms' limits, but for texts of 32 bytes and more. */
function putText(writer: ByteWriter, text: string): void {
  if (text.length < 32) writer.uint8(0xa0 | text.length);
  else writer.uint8(0xd9).uint8(text.length);
  writer.bytes(new TextEncoder().encode(text));
}

function putMap(writer: ByteWriter, map: ReadonlyMap<string, Value>): void {
  writer.uint8(0x80 | map.size);
  for (const [key, value] of map) {
    putText(writer, key);
    put(writer, value);
  }
}

function putArray(writer: ByteWriter, array: readonly Value[]): void {
  writer.uint8(0x90 | array.length);
  for (const value of array) put(writer, value);
}

/** In the shortest form. */
function putWhole(writer: ByteWriter, value: number): void {
  if (value >= -32 && value < 128) writer.uint8(value);
  else if (value >= -128 && value < 0) writer.uint8(0xd0).uint8(value);
  else if (value >= 0 && value < 256) writer.uint8(0xcc).uint8(value);
  else if (value >= -32_768 && value < 0) writer.uint8(0xd1).bytes(bigEndian(2, (view) => view.setInt16(0, value)));
  else if (value >= 0 && value < 65_536) writer.uint8(0xcd).bytes(bigEndian(2, (view) => view.setUint16(0, value)));
  else if (value < 0) writer.uint8(0xd2).bytes(bigEndian(4, (view) => view.setInt32(0, value)));
  else if (value < 2 ** 32) writer.uint8(0xce).bytes(bigEndian(4, (view) => view.setUint32(0, value)));
  else writer.uint8(0xcf).bytes(bigEndian(8, (view) => view.setBigUint64(0, BigInt(value))));
}

function bigEndian(size: number, set: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  set(view);
  return new Uint8Array(view.buffer);
}
