/** Measurements of vehicles, binary, with numbered fields in the way of Protocol Buffers. */

import { ByteWriter } from "./byte-writer.ts";
import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH } from "./vocabulary.ts";

interface Vehicle {
  readonly id: string;
  latitude: number;
  longitude: number;
  speed: number;
  battery: number;
  odometer: number;
}

/** Wire types of Protocol Buffers. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

export const telemetry: CorpusKind = {
  name: "telemetry",
  title: "measurements of vehicles, protobuf-like binary",
  heldOut: false,
  start(random) {
    const fleet = Array.from({ length: 12 }, () => vehicle(random));
    let now = EPOCH;
    return () => {
      now += random.between(20, 400);
      const one = random.pick(fleet);
      drive(random, one);
      return report(random, one, now);
    };
  },
};

function vehicle(random: Random): Vehicle {
  return {
    id: `vin-${random.hex(12)}`,
    latitude: 48 + random.fraction() * 4,
    longitude: 8 + random.fraction() * 5,
    speed: random.fraction() * 30,
    battery: 40 + random.fraction() * 60,
    odometer: random.between(1_000, 200_000_000),
  };
}

function drive(random: Random, one: Vehicle): void {
  one.speed = Math.min(38, Math.max(0, one.speed + random.bell()));
  one.latitude += one.speed * 0.000002 * random.bell();
  one.longitude += one.speed * 0.000003;
  one.battery = Math.max(5, one.battery - one.speed * 0.0004);
  one.odometer += Math.round(one.speed);
}

function report(random: Random, one: Vehicle, now: number): Uint8Array {
  const position = new ByteWriter();
  position.varint(field(1, FIXED64)).float64(one.latitude).varint(field(2, FIXED64)).float64(one.longitude);
  position.varint(field(3, FIXED32)).float32(one.speed);
  const message = new ByteWriter().varint(field(1, LENGTH)).text(one.id).varint(field(2, VARINT)).varint(now);
  const nested = position.take();
  message.varint(field(3, LENGTH)).varint(nested.length).bytes(nested);
  message.varint(field(4, FIXED32)).float32(one.battery).varint(field(5, VARINT)).varint(one.odometer);
  for (let wheel = 0; wheel < 4; wheel++) message.varint(field(6, VARINT)).varint(random.between(228, 242));
  if (random.chance(0.1)) message.varint(field(9, LENGTH)).text(random.pick(["door.open", "charging", "low.tyre"]));
  return message.take();
}

function field(number: number, wireType: number): number {
  return number * 8 + wireType;
}
