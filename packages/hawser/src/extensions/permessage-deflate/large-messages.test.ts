/** Messages that are given to the engine's pool, among those that are coded at once, over the same windows. */

import { describe, expect, test } from "vitest";
import { NativeDeflatePeer } from "../../../test/native-deflate-peer.ts";
import type { DeflateEngine } from "../../deflate/engine.ts";
import { createVectorEngine } from "../../deflate/vector-engine.ts";
import { zlibEngine } from "../../node/zlib-engine.ts";
import { zlibPool } from "../../node/zlib-pool.ts";
import { PerMessageDeflate } from "./permessage-deflate.ts";
import type { PerMessageDeflateSettings } from "./settings.ts";

const PART = { opcode: 1, isFirst: true, isLast: true, compress: undefined } as const;
const RESPONSE = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
};

const ENGINES: readonly (readonly [string, DeflateEngine])[] = [
  ["the zlib engine", { ...zlibEngine, pool: zlibPool }],
  // Not where its instructions are missing
  ...[createVectorEngine()].flatMap((engine) =>
    engine ? [["the vector engine", { ...engine, pool: zlibPool }] as const] : [],
  ),
];

function extension(
  { windowBits = 12, noContextTakeover = false, threshold = 0 } = {},
  engine: DeflateEngine = { ...zlibEngine, pool: zlibPool },
): PerMessageDeflate {
  const direction = { windowBits, noContextTakeover };
  const settings: PerMessageDeflateSettings = {
    response: RESPONSE,
    sending: direction,
    receiving: direction,
    effort: { level: 6, memLevel: 8, strategy: "default", threshold },
  };
  return new PerMessageDeflate(settings, engine);
}

/** Numbers from 0 up to, not including, a limit, always the same ones. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Records with strings that come again; one message in eight does not shrink. */
function message(chance: (limit: number) => number): Uint8Array {
  const length = chance(4) === 0 ? 30_000 + chance(60_000) : chance(2_000);
  if (chance(8) === 0) return Uint8Array.from({ length }, () => chance(256));
  let text = "";
  while (text.length < length) text += JSON.stringify({ id: chance(50), name: `item ${chance(900)}`, at: chance(1e9) });
  return new Uint8Array(Buffer.from(text.slice(0, length)));
}

const same = (actual: unknown, expected: Uint8Array) =>
  actual instanceof Uint8Array && Buffer.compare(actual, expected) === 0;

describe.each(ENGINES)("sending with %s", (_name, engine) => {
  test.each([
    ...[8, 9, 10, 11, 12, 13, 14, 15].map((windowBits) => ({ windowBits, noContextTakeover: false })),
    { windowBits: 12, noContextTakeover: true },
  ])("one zlib stream understands messages of either way, mixed: %j", async (direction) => {
    const peer = new NativeDeflatePeer(direction, direction);
    const sender = extension(direction, engine);
    const chance = seeded(direction.windowBits);
    let later = 0;
    for (let count = 0; count < 60; count++) {
      const payload = message(chance);
      const isLater = chance(2) === 0;
      const encoding = isLater ? await sender.encodeLater(payload, PART) : undefined;
      const encoded = isLater ? encoding?.payload : sender.encode(payload, PART);
      if (encoded === undefined) continue;
      // Now and then one is not sent after all
      if (isLater && chance(5) === 0) continue;
      encoding?.sent();
      later += isLater ? 1 : 0;
      expect(same(await peer.decode(encoded), payload)).toBe(true);
    }
    expect(later).toBeGreaterThan(5);
    peer.close();
  });
});

describe("sending", () => {
  const text = Buffer.from("the same words again ".repeat(3_000));

  test.each([
    ["without a pool", {}, zlibEngine, undefined],
    ["below the threshold", { threshold: text.length + 1 }, undefined, undefined],
    ["if it is not wished", {}, undefined, false],
  ])("is for encode() %s", (_case, options, engine, compress) => {
    expect(extension(options, engine).encodeLater(text, { ...PART, compress })).toBeUndefined();
  });

  test("is done below the threshold if asked for", async () => {
    const sender = extension({ threshold: text.length + 1 });
    expect((await sender.encodeLater(text, { ...PART, compress: true }))?.payload.length).toBeLessThan(1_000);
  });

  test("takes memory when the message is sent, and none for one that does not shrink", async () => {
    const sender = extension();
    const encoding = await sender.encodeLater(text, PART);
    expect(sender.heldBytes).toBe(0);
    encoding!.sent();
    expect(sender.heldBytes).toBe(4_096);
    const chance = seeded(1);
    const noise = Uint8Array.from({ length: 5_000 }, () => chance(256));
    expect(await extension().encodeLater(noise, PART)).toBeUndefined();
  });

  test("does nothing to a connection that is gone", async () => {
    const sender = extension();
    sender.encode(text, PART);
    const encoding = sender.encodeLater(text, PART);
    sender.release();
    await encoding;
    expect(sender.heldBytes).toBe(0);
  });
});
