import { describe, expect, test } from "vitest";
import {
  Audience,
  audience,
  chat,
  counted,
  ENGINES,
  NO_TAKEOVER,
  noise,
  TAKEOVER,
  usualEngine,
  utf8,
  WINDOW,
} from "../../../test/audience.ts";
import { Member } from "../../../test/audience-world.ts";
import type { DeflateEngine } from "../../deflate/engine.ts";

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
      // But for a byte or two: which of several matches is found is a matter of luck
      expect(all.last[0]).toBeGreaterThanOrEqual(all.last[1]! - 2);
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

  test("whoever is sent something that does not shrink stays in step", () => {
    const all = audience(3, engine);
    const [one] = all.members;
    for (let index = 0; index < 40; index++) all.broadcast(chat(index));
    one!.own(noise(200), undefined);
    expect([all.last[0], one!.extension.heldBytes]).toEqual([-200, 0]);
    all.broadcast(chat(40));
    expect(all.last[0]).toBe(all.last[1]);
    // What shrinks is compressed against the same window, and takes it along
    one!.own(chat(39), undefined);
    expect(all.last[0]).toBeLessThan(30);
    expect(one!.extension.heldBytes).toBe(WINDOW);
    const encoding = all.history.encode(chat(41), undefined);
    for (const member of all.members) member.share(encoding, chat(41));
    // While a broadcast is under way
    all.members[1]!.own(chat(41), undefined);
    expect(all.last[1]).toBeLessThan(30);
    encoding.end();
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

test("a window that cannot be kept is forgotten, not kept as it was", () => {
  let granted = Number.POSITIVE_INFINITY;
  const engine: DeflateEngine = {
    createInflater: (options) => usualEngine.createInflater(options),
    createDeflater: (options) => {
      if (granted-- <= 0) throw new RangeError("Array buffer allocation failed");
      return usualEngine.createDeflater(options);
    },
  };
  const all = audience(5, engine);
  const [first] = all.members as [Member];
  const newcomer = new Member(TAKEOVER, engine);
  const others = new Audience([...all.members, newcomer]);
  for (let index = 0; index < 40; index++) all.broadcast(chat(index));
  others.broadcast(chat(40), all.members.slice(1));
  // The newcomer's is compressed alone, and then one has to keep what it had of the other audience
  granted = 1;
  expect(() => others.broadcast(chat(41), [newcomer, first])).toThrow(RangeError);
  granted = Number.POSITIVE_INFINITY;
  for (let index = 42; index < 50; index++) first.own(chat(index), undefined);
  for (let index = 50; index < 60; index++) all.broadcast(chat(index));
  others.check();
});

describe("memory that connections hold in common", () => {
  test("is told to the engine, until nobody follows", () => {
    let held = 0;
    const holdShared = (bytes: number) => {
      held += bytes;
    };
    const engine = { ...counted(usualEngine), holdShared };
    const all = audience(5, engine);
    for (let index = 0; index < 60; index++) {
      all.broadcast(chat(index));
      expect(held).toBeLessThanOrEqual(2 * WINDOW);
    }
    expect(held).toBe(2 * WINDOW);
    for (const member of all.members) member.close();
    expect(held).toBe(0);
    all.check();
  });

  test("is not taken where there is none", () => {
    let hasRoom = false;
    let asked = 0;
    const admits = (bytes: number) => {
      asked++;
      expect(bytes).toBe(2 * WINDOW);
      return hasRoom;
    };
    const all = audience(5, { ...counted(usualEngine), admits, holdShared: () => expect(hasRoom).toBe(true) });
    for (let index = 0; index < 20; index++) all.broadcast(chat(index));
    expect(asked).toBe(20);
    hasRoom = true;
    for (let index = 20; index < 60; index++) all.broadcast(chat(index));
    expect(asked).toBe(21);
    expect(Math.max(...all.last)).toBeLessThan(150);
    all.check();
  });
});
