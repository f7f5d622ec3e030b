import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AudienceWorld, Member, type MemberSettings, type Step } from "../../../test/audience-world.ts";
import type { DeflateEngine } from "../../deflate/engine.ts";
import { createVectorEngine } from "../../deflate/vector-engine.ts";
import { zlibEngine } from "../../node/zlib-engine.ts";
import type { ExtensionSharing, SharedHistory } from "../../protocol/extension.ts";

const vectorEngine = createVectorEngine()!;
const ENGINES: readonly [string, DeflateEngine][] = [
  ["the vector engine", vectorEngine],
  ["zlib", zlibEngine],
];

const WINDOW = 4_096;
const TAKEOVER: MemberSettings = { windowBits: 12, noContextTakeover: false, threshold: 0 };
const NO_TAKEOVER: MemberSettings = { ...TAKEOVER, noContextTakeover: true };

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A text like those before it: some 240 bytes. */
function chat(index: number): Uint8Array {
  const words = ["hawser", "bollard", "capstan", "fairlead", "windlass", "quay", "fender", "mooring"];
  const body = Array.from({ length: 14 }, (_, at) => words[(index * (at + 3) + at * at) % words.length]).join(" ");
  return utf8(JSON.stringify({ type: "message", id: index * 7_919, room: "harbour", from: `user-${index % 9}`, body }));
}

/** Bytes that do not shrink. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Counts deflations. */
function counted(engine: DeflateEngine): DeflateEngine & { deflations: number } {
  const counting = {
    deflations: 0,
    createInflater: engine.createInflater,
    createDeflater: (options: Parameters<DeflateEngine["createDeflater"]>[0]) => {
      const deflater = engine.createDeflater(options);
      const deflate = deflater.deflate.bind(deflater);
      deflater.deflate = (payload, reach) => {
        counting.deflations++;
        return deflate(payload, reach);
      };
      return deflater;
    },
  };
  return counting;
}

/** Members of one audience that have got nothing yet. */
function audience(count: number, engine: DeflateEngine = vectorEngine, settings: MemberSettings = TAKEOVER): Audience {
  return new Audience(Array.from({ length: count }, () => new Member(settings, engine)));
}

class Audience {
  readonly members: Member[];
  readonly history: SharedHistory;

  constructor(members: Member[]) {
    this.members = members;
    this.history = members[0]!.extension.sharing.createHistory();
  }

  broadcast(message: Uint8Array, receivers: readonly Member[] = this.members, compress?: boolean): void {
    const encoding = this.history.encode(message, compress);
    for (const member of receivers) member.share(encoding, message);
    encoding.end();
    encoding.end();
  }

  /** Lengths of what each was sent last; negative if it was not compressed. */
  get last(): number[] {
    return this.members.map(({ sent }) => {
      const { payload, isCompressed } = sent.at(-1)!;
      return isCompressed ? payload.length : -payload.length;
    });
  }

  check(): void {
    expect(this.members.map((member) => member.fault())).toEqual(this.members.map(() => undefined));
  }
}

describe.each(ENGINES)("%s: one message for many", (_name, engine) => {
  test("without a history is compressed by itself, whatever came before", () => {
    const all = audience(3, engine);
    const [a, b, c] = all.members as [Member, Member, Member];
    a.own(chat(1), undefined);
    for (let index = 2; index < 5; index++) {
      const encoding = b.extension.sharing.encode(chat(index), undefined);
      for (const member of all.members) member.share(encoding, chat(index));
      encoding.end();
      expect(new Set(all.last).size).toBe(1);
      // What follows refers to the plaintext that was shared
      c.own(chat(index), undefined);
      expect(c.sent.at(-1)!.payload.length).toBeLessThan(30);
    }
    all.check();
  });

  test("with a history is the same bytes for those in step, and gets shorter", () => {
    const all = audience(5, engine);
    const lengths: number[] = [];
    for (let index = 0; index < 60; index++) {
      all.broadcast(chat(index));
      expect(new Set(all.members.map(({ sent }) => sent.at(-1)!.payload)).size).toBe(1);
      lengths.push(all.last[0]!);
    }
    const alone = audience(1, engine);
    for (let index = 0; index < 60; index++) alone.members[0]!.own(chat(index), undefined);
    const total = (member: Member) => member.sent.reduce((sum, { payload }) => sum + payload.length, 0);
    expect(total(all.members[0]!) / total(alone.members[0]!)).toBeLessThan(1.02);
    expect(Math.max(...lengths.slice(10))).toBeLessThan(lengths[0]! / 2);
    all.check();
  });

  test("reaches back the further the longer a receiver is in step", () => {
    const all = audience(4, engine);
    for (let index = 0; index < 20; index++) all.broadcast(chat(index));
    all.members[0]!.own(utf8("something else, to one alone, something else"), undefined);
    const payloads: Uint8Array[] = [];
    for (let index = 20; index < 60; index++) {
      all.broadcast(chat(index));
      payloads.push(all.members[0]!.sent.at(-1)!.payload);
      if (index === 20) expect(all.last[0]).toBeGreaterThan(all.last[1]! * 1.5);
      expect(all.last[0]).toBeGreaterThanOrEqual(all.last[1]!);
    }
    expect(payloads.at(-1)).toBe(all.members[1]!.sent.at(-1)!.payload);
    all.check();
  });

  test("whoever missed one is not given what refers to it", () => {
    const all = audience(3, engine);
    for (let index = 0; index < 60; index++) {
      all.broadcast(chat(index), index % 10 === 5 ? all.members.slice(1) : all.members);
    }
    expect(all.members[0]!.sent).toHaveLength(54);
    all.check();
  });

  test("whoever stays away for many windows leaves with the plaintext that it has", () => {
    const all = audience(3, engine);
    for (let index = 0; index < 30; index++) all.broadcast(chat(index));
    for (let index = 30; index < 200; index++) all.broadcast(chat(index), all.members.slice(1));
    const [away] = all.members;
    expect(away!.extension.heldBytes).toBe(WINDOW);
    away!.own(chat(29), undefined);
    expect(all.last[0]).toBeLessThan(30);
    all.broadcast(chat(200));
    all.check();
  });

  test.each([WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW, 100_000])(
    "a message of %i bytes takes the window's place",
    (length) => {
      const all = audience(4, engine);
      const large = (seed: number) => Buffer.concat([noise(length - 800, seed), Buffer.alloc(800, "large ")]);
      for (let index = 0; index < 6; index++) all.broadcast(chat(index));
      all.broadcast(large(1), all.members.slice(1));
      all.broadcast(chat(6));
      expect(all.last[0]).toBeGreaterThan(0);
      all.broadcast(large(2));
      all.broadcast(large(2).subarray(-1_000));
      expect(Math.max(...all.last)).toBeLessThan(40);
      all.members[3]!.own(large(2).subarray(-700), undefined);
      expect(all.last[3]).toBeLessThan(40);
      all.check();
    },
  );

  test("those without context takeover get it by itself, each time", () => {
    const all = new Audience([TAKEOVER, NO_TAKEOVER, TAKEOVER].map((settings) => new Member(settings, engine)));
    for (let index = 0; index < 20; index++) all.broadcast(chat(index));
    expect(all.last[1]).toBeGreaterThan(all.last[0]! * 2);
    expect(all.members[1]!.extension.heldBytes).toBe(0);
    all.check();
  });

  test("whoever has another message under way gets it by itself, when its turn comes", () => {
    const all = audience(3, engine);
    const [slow] = all.members;
    for (let index = 0; index < 10; index++) all.broadcast(chat(index));
    slow!.begin(utf8("in fragments, "));
    for (let index = 10; index < 14; index++) {
      all.broadcast(chat(index));
      slow!.own(chat(index + 300), undefined);
    }
    slow!.finish(utf8("in fragments"));
    expect(slow!.sent.map(({ plaintext }) => plaintext)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => chat(index)),
      Buffer.from("in fragments, in fragments"),
      ...[10, 11, 12, 13].flatMap((index) => [chat(index), chat(index + 300)]),
    ]);
    expect(slow!.sent.every(({ isCompressed }) => isCompressed)).toBe(true);
    all.broadcast(chat(14));
    all.check();
  });

  test("so does whoever keeps no context", () => {
    const all = audience(2, engine, NO_TAKEOVER);
    all.members[0]!.begin(utf8("in fragments, "));
    all.broadcast(chat(1));
    all.members[0]!.finish(utf8("in fragments"));
    expect(all.last[0]).toBe(all.last[1]);
    expect(all.members[0]!.extension.heldBytes).toBe(0);
    all.check();
  });

  test("a broadcast in the middle of another one", () => {
    const all = audience(4, engine);
    for (let index = 0; index < 5; index++) all.broadcast(chat(index));
    const outer = all.history.encode(chat(5), undefined);
    for (const member of all.members.slice(0, 2)) member.share(outer, chat(5));
    all.broadcast(chat(6));
    for (const member of all.members.slice(2)) member.share(outer, chat(5));
    outer.end();
    for (let index = 7; index < 12; index++) all.broadcast(chat(index));
    all.check();
  });

  test("1,000 connections, 5 of them out of step in different ways, take at most 6 deflations", () => {
    const engineUsed = counted(engine);
    const all = audience(1_000, engineUsed);
    let most = 0;
    for (let index = 0; index < 60; index++) {
      all.members[index % 5]!.own(chat(index + 500), undefined);
      engineUsed.deflations = 0;
      all.broadcast(chat(index));
      most = Math.max(most, engineUsed.deflations);
    }
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(6);
    for (const member of all.members.slice(0, 20)) expect(member.fault()).toBeUndefined();
  });

  test("those in step hold no window of their own, and the last to go takes the shared one along", () => {
    const all = audience(50, engine);
    for (let index = 0; index < 3; index++) for (const member of all.members) member.own(chat(index), undefined);
    expect(all.members.every(({ extension }) => extension.heldBytes > 0)).toBe(true);
    for (let index = 0; index < 40; index++) all.broadcast(chat(index));
    expect(all.members.reduce((sum, { extension }) => sum + extension.heldBytes, 0)).toBe(0);
    for (const member of all.members) member.close();
    const another = new Member(TAKEOVER, engine);
    all.members.splice(0, Infinity, another);
    all.broadcast(chat(39));
    // Nothing of what was is referred to
    expect(all.last[0]).toBeGreaterThan(100);
    all.check();
  });
});

describe("what does not shrink", () => {
  test("goes as it is and leaves all windows as they were", () => {
    const all = audience(2);
    for (let index = 0; index < 5; index++) all.broadcast(chat(index));
    all.broadcast(noise(300));
    expect(all.last).toEqual([-300, -300]);
    all.broadcast(utf8(""));
    all.broadcast(chat(0));
    expect(Math.max(...all.last)).toBeLessThan(30);
    all.check();
  });

  test("is judged for each receiver's own past", () => {
    const all = audience(3);
    for (let index = 0; index < 5; index++) all.broadcast(chat(index));
    all.members[0]!.own(chat(77), undefined);
    // None that large is compressed for the sake of the next ones
    all.broadcast(Buffer.concat([noise(600, 6), chat(4).subarray(0, 70)]));
    expect(all.last.map(Math.sign)).toEqual([-1, 1, 1]);
    all.check();
  });

  test.each([
    ["below the threshold", 40, 50, undefined, -1],
    ["at the threshold", 40, 40, undefined, 1],
    ["below the threshold, if asked for", 40, 50, true, 1],
  ])("%s", (_name, length, threshold, compress, sign) => {
    const all = audience(1, vectorEngine, { ...TAKEOVER, threshold });
    all.broadcast(Buffer.alloc(length, "ab"), all.members, compress);
    expect(all.last).toEqual([expect.any(Number)]);
    expect(Math.sign(all.last[0]!)).toBe(sign);
    all.members[0]!.begin(utf8("x"));
    all.broadcast(Buffer.alloc(length, "ab"), all.members, compress);
    all.members[0]!.finish(utf8("y"));
    expect(Math.sign(all.last[0]!)).toBe(sign);
    all.check();
  });

  test("while a message in fragments is under way too", () => {
    const all = audience(1);
    all.members[0]!.begin(utf8("x"));
    all.broadcast(noise(100));
    all.members[0]!.finish(utf8("y"));
    expect(all.last).toEqual([-100]);
    all.check();
  });

  test("again and again is not tried each time", () => {
    const engine = counted(vectorEngine);
    const all = audience(10, engine);
    for (let index = 0; index < 100; index++) all.broadcast(noise(200, index + 1));
    // 4, and one each after 4, 8, 16 and 32 that were not, which is compared with those before it
    expect(engine.deflations).toBeLessThan(24);
    for (let index = 0; index < 70; index++) all.broadcast(chat(index));
    expect(all.last[0]).toBeGreaterThan(0);
    all.check();
  });

  test("what nobody got does not count", () => {
    const all = audience(2);
    for (let index = 0; index < 8; index++) all.broadcast(chat(index), []);
    all.broadcast(chat(8));
    expect(Math.min(...all.last)).toBeGreaterThan(0);
    all.check();
  });
});

/** Of 40 bytes, of which none shrinks alone and each by the others. */
function update(index: number): Uint8Array {
  const bytes = noise(40, 99);
  new DataView(bytes.buffer).setUint32(4, index * 2_654_435_761);
  return bytes;
}

describe("small messages that shrink only by each other", () => {
  test("begin to, at the cost of one", () => {
    const all = audience(3);
    const lengths: number[] = [];
    for (let index = 0; index < 40; index++) {
      all.broadcast(update(index));
      lengths.push(all.last[0]!);
    }
    const begun = lengths.findIndex((length) => length > 0);
    expect(begun).toBe(8);
    expect(lengths[begun]).toBeLessThan(40 + 7);
    expect(Math.max(...lengths.slice(begun + 1))).toBeLessThan(20);
    all.check();
  });

  test("do so for those who come later and for those who talk in between, once for each time it helps", () => {
    const all = audience(4);
    for (let index = 0; index < 20; index++) all.broadcast(update(index), all.members.slice(1));
    all.broadcast(update(20));
    expect(all.last[0]).toBeGreaterThan(39);
    // 40 bytes in common are too few
    all.broadcast(update(21));
    all.broadcast(update(22));
    expect(all.last[0]).toBeLessThan(20);
    const [talker] = all.members;
    const joins: number[] = [];
    for (let index = 23; index < 31; index++) {
      talker!.own(chat(index), undefined);
      all.broadcast(update(index));
      joins.push(Math.sign(all.last[0]!));
    }
    expect(joins).toEqual([1, -1, -1, -1, -1, -1, -1, -1]);
    all.check();
  });

  test("not for those without context takeover", () => {
    const all = new Audience([TAKEOVER, NO_TAKEOVER].map((settings) => new Member(settings, vectorEngine)));
    for (let index = 0; index < 20; index++) all.broadcast(update(index));
    expect(all.last).toEqual([expect.any(Number), -40]);
    expect(all.last[0]).toBeLessThan(20);
    all.check();
  });

  test("nor without a history", () => {
    const [member] = audience(1).members;
    for (let index = 0; index < 10; index++)
      member!.share(member!.extension.sharing.encode(update(index), undefined), update(index));
    expect(member!.sent.every(({ isCompressed }) => !isCompressed)).toBe(true);
  });
});

test("a receiver of another extension with the same key gets it as it is", () => {
  const all = audience(1);
  const stranger: ExtensionSharing = {
    key: all.members[0]!.extension.sharing.key,
    encode: () => expect.fail("not asked"),
    createHistory: () => all.history,
  };
  const encoding = all.history.encode(chat(1), undefined);
  expect([encoding.encodeFor(stranger), encoding.encodeForLater(stranger)]).toEqual([undefined, undefined]);
  encoding.end();
});

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
