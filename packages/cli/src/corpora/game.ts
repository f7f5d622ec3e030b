/** States of a game's world, binary: positions and directions of what moved since the last tick. */

import { ByteWriter } from "./byte-writer.ts";
import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";

interface Entity {
  readonly id: number;
  readonly kind: number;
  x: number;
  y: number;
  heading: number;
  health: number;
}

/** Units of the field, 1/16 metre. */
const FIELD = 65_535;

export const game: CorpusKind = {
  name: "game",
  title: "changes of a game's world 20 times a second, binary",
  heldOut: false,
  start(random) {
    const entities = Array.from({ length: 32 }, (_, id) => entity(random, id));
    let tick = 1_000;
    return () => {
      tick += 1;
      const moved = entities.filter(() => random.chance(0.35));
      for (const one of moved) move(random, one);
      return snapshot(tick, moved);
    };
  },
};

function entity(random: Random, id: number): Entity {
  const [x, y] = [random.between(0, FIELD), random.between(0, FIELD)];
  return { id, kind: random.skewed([1, 2, 3, 7]), x, y, heading: random.between(0, 255), health: 100 };
}

function move(random: Random, one: Entity): void {
  one.heading = (one.heading + (random.chance(0.3) ? random.between(-12, 12) : 0) + 256) % 256;
  // A diamond in place of the circle: no sine, whose last digits differ between platforms
  const quarter = one.heading % 128;
  const along = quarter < 64 ? quarter / 64 : (128 - quarter) / 64;
  const speed = 20 + one.kind * 6;
  one.x = clamped(one.x + Math.round(speed * (one.heading < 128 ? 1 - along : along - 1)));
  one.y = clamped(one.y + Math.round(speed * (one.heading < 64 || one.heading > 192 ? along : -along)));
  if (random.chance(0.02)) one.health = Math.max(0, one.health - random.between(1, 30));
}

function clamped(place: number): number {
  return Math.min(FIELD, Math.max(0, place));
}

function snapshot(tick: number, moved: readonly Entity[]): Uint8Array {
  const message = new ByteWriter().uint8(0x53).uint32(tick).uint8(moved.length);
  for (const { id, kind, x, y, heading, health } of moved) {
    message
      .uint16(0x4000 + id)
      .uint8(kind)
      .uint16(x)
      .uint16(y)
      .uint8(heading)
      .uint8(health);
  }
  return message.take();
}
