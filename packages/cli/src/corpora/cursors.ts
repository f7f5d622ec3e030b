/** Pointers of the people on one board, as JSON: small messages, one after another. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH } from "./vocabulary.ts";

interface Pointer {
  readonly user: string;
  x: number;
  y: number;
  speedX: number;
  speedY: number;
}

export const cursors: CorpusKind = {
  name: "cursors",
  title: "pointer positions on a shared board, JSON",
  heldOut: false,
  start(random) {
    const pointers = Array.from({ length: 6 }, () => pointer(random));
    let now = EPOCH;
    return () => {
      now += random.between(8, 50);
      const one = random.skewed(pointers);
      move(random, one);
      if (random.chance(0.04)) {
        return JSON.stringify({ type: "select", user: one.user, shapes: [random.base64url(10)], t: now });
      }
      return JSON.stringify({ type: "cursor", user: one.user, x: rounded(one.x), y: rounded(one.y), t: now });
    };
  },
};

function pointer(random: Random): Pointer {
  return {
    user: random.base64url(8),
    x: random.fraction() * 1_920,
    y: random.fraction() * 1_080,
    speedX: 0,
    speedY: 0,
  };
}

function move(random: Random, one: Pointer): void {
  one.speedX = one.speedX * 0.8 + random.bell() * 9;
  one.speedY = one.speedY * 0.8 + random.bell() * 6;
  one.x = Math.min(1_920, Math.max(0, one.x + one.speedX));
  one.y = Math.min(1_080, Math.max(0, one.y + one.speedY));
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
