import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chat, ENGINES, noise, update, WINDOW } from "../../../test/audience.ts";
import { AudienceWorld, type MemberSettings, type Step } from "../../../test/audience-world.ts";
import { zlibEngine } from "../../node/zlib-engine.ts";

/** Mostly texts that share words; some bytes that do not shrink; up to several windows of 256 bytes, or of 4,096. */
const message = fc.oneof(
  { weight: 6, arbitrary: fc.nat(300).map(chat) },
  { weight: 3, arbitrary: fc.nat(300).map(update) },
  { weight: 1, arbitrary: fc.nat(600).map((length) => noise(length, length + 1)) },
  { weight: 1, arbitrary: fc.constant(new Uint8Array(0)) },
  {
    weight: 1,
    arbitrary: fc
      .nat(3 * WINDOW)
      .map((length) => Buffer.concat(Array.from({ length: 60 }, (_, at) => chat(at))).subarray(0, length)),
  },
);
const who = fc.nat(5);
const where = fc.nat(1);
const compress = fc.constantFrom(undefined, undefined, undefined, true, false);
const defined = <One extends { compress?: boolean | undefined }>({ compress: wish, ...rest }: One) =>
  (wish === undefined ? rest : { ...rest, compress: wish }) as unknown as Step;
const broadcastWish = fc.constantFrom(undefined, undefined, undefined, true);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        kind: fc.constant("broadcast" as const),
        audience: where,
        message,
        compress: broadcastWish,
        missing: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(63)),
        nestedAfter: fc.oneof({ weight: 9, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: who }),
      })
      .map(defined),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("own" as const), member: who, message, compress }).map(defined),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("begin" as const, "finish" as const), member: who, message }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("enter" as const, "exit" as const), audience: where, member: who }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const), member: who }) },
);
const settings: fc.Arbitrary<MemberSettings> = fc.record({
  windowBits: fc.constantFrom(8, 8, 9, 10, 12, 15),
  noContextTakeover: fc.constantFrom(false, false, false, true),
  threshold: fc.constantFrom(0, 32),
});

describe.each(ENGINES)("%s", (_name, engine) => {
  test("any interleaving comes out right for peers that keep one zlib stream each", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          settings.map((one) => Array(6).fill(one) as MemberSettings[]),
          fc.array(settings, { minLength: 6, maxLength: 6 }),
        ),
        fc.array(step, { maxLength: 80 }),
        (members, steps) => {
          const world = new AudienceWorld(members, 2, engine);
          for (const one of steps) world.play(one);
          expect(world.faults()).toEqual([]);
          world.close();
        },
      ),
      { numRuns: engine === zlibEngine ? 40 : 150 },
    );
  });
});
