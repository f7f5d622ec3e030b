import { describe, expect, test } from "vitest";
import {
  Audience,
  audience,
  chat,
  counted,
  NO_TAKEOVER,
  noise,
  TAKEOVER,
  update,
  usualEngine,
  utf8,
} from "../../../test/audience.ts";
import { Member } from "../../../test/audience-world.ts";
import type { ExtensionSharing } from "../../protocol/extension.ts";

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
    const all = audience(1, usualEngine, { ...TAKEOVER, threshold });
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
    const engine = counted(usualEngine);
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
    const all = new Audience([TAKEOVER, NO_TAKEOVER].map((settings) => new Member(settings, usualEngine)));
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
