/** Messages that are given to the engine's pool, among those that are coded at once, over the same windows. */

import { describe, expect, test } from "vitest";
import { NativeDeflatePeer } from "../../../test/native-deflate-peer.ts";
import type { DeflateEngine } from "../../deflate/engine.ts";
import { createVectorEngine } from "../../deflate/vector-engine.ts";
import { zlibEngine } from "../../node/zlib-engine.ts";
import { zlibPool } from "../../node/zlib-pool.ts";
import { INFLATED_LATER } from "./large-messages.ts";
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
    engine ? [["the vector engine", Object.assign(engine, { pool: zlibPool })] as const] : [],
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
    expect(later).toBeGreaterThan(2);
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

describe.each(ENGINES)("receiving with %s", (_name, engine) => {
  test.each([
    ...[8, 9, 10, 11, 12, 13, 14, 15].map((windowBits) => ({ windowBits, noContextTakeover: false })),
    { windowBits: 12, noContextTakeover: true },
  ])("messages of one zlib stream are understood either way, mixed: %j", async (direction) => {
    const peer = new NativeDeflatePeer(direction, direction);
    const receiver = extension(direction, engine);
    const chance = seeded(direction.windowBits + 100);
    let later = 0;
    for (let count = 0; count < 60; count++) {
      const payload = message(chance);
      const [encoded] = await peer.encode(payload);
      const decoding = receiver.decodeLater(encoded!, chance(2) === 0 ? 1_048_576 : 10_000_000);
      later += decoding === undefined ? 0 : 1;
      expect(same((await decoding) ?? receiver.decode(encoded!, payload.length), payload)).toBe(true);
    }
    expect(later).toBeGreaterThan(2);
    peer.close();
  });
});

describe("receiving", () => {
  /** A payload of so many bytes, which need not be valid. */
  const payload = (length: number) => new Uint8Array(length);

  test.each<[string, number, number, boolean]>([
    ["a large payload", INFLATED_LATER, 1_048_576, true],
    ["one byte less", INFLATED_LATER - 1, 1_048_576, false],
    ["a payload that may come to four megabytes", 4_065, 4_194_304, true],
    ["one that cannot", 4_064, 4_194_304, false],
    ["one that must not", 4_065, 4_194_303, false],
    ["any limit is fine", 4_065, Number.POSITIVE_INFINITY, true],
  ])("is done elsewhere or not: %s", async (_case, length, maxSize, isLater) => {
    const decoding = extension().decodeLater(payload(length), maxSize);
    expect(decoding !== undefined).toBe(isLater);
    await decoding;
    expect(extension({}, zlibEngine).decodeLater(payload(length), maxSize)).toBeUndefined();
  });

  const chance = seeded(7);
  const long = Uint8Array.from({ length: 100_000 }, () => 97 + chance(20));

  test("takes the window's memory with the message, and none for a fault or without context takeover", async () => {
    const encoded = Uint8Array.from(extension().encode(long, PART)!);
    expect(encoded.length).toBeGreaterThan(INFLATED_LATER);
    const [receiver, refusing, forgetting] = [extension(), extension(), extension({ noContextTakeover: true })];
    expect(same(await receiver.decodeLater(encoded, long.length), long)).toBe(true);
    expect(receiver.heldBytes).toBe(4_096);
    await expect(refusing.decodeLater(encoded, long.length - 1)).resolves.toBe("TOO_BIG");
    await expect(refusing.decodeLater(encoded.subarray(1), long.length)).resolves.toBe("INVALID");
    expect(refusing.heldBytes).toBe(0);
    expect(same(await forgetting.decodeLater(encoded, long.length), long)).toBe(true);
    expect(forgetting.heldBytes).toBe(0);
  });

  test("a message after parts of it refers to them", async () => {
    const [sender, receiver] = [extension(), extension()];
    const first = Uint8Array.from(sender.encode(long, { ...PART, isLast: false })!);
    const last = sender.encode(Buffer.concat([long.subarray(-3_000), long]), { ...PART, isFirst: false })!;
    expect(same(receiver.decodePart(first, 1_000_000), long)).toBe(true);
    const rest = await receiver.decodeLater(last, 1_000_000);
    expect(same(rest, Buffer.concat([long.subarray(-3_000), long]))).toBe(true);
  });

  test("gives nothing to a connection that is gone", async () => {
    const encoded = Uint8Array.from(extension().encode(long, PART)!);
    const receiver = extension();
    const decoding = receiver.decodeLater(encoded, long.length);
    receiver.release();
    await decoding;
    expect(receiver.heldBytes).toBe(0);
  });
});
