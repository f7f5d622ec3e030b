import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coolDown } from "../../test/resting-engine.ts";
import { createVectorEngine, type VectorEngine } from "./vector-engine.ts";

const CHARACTERS = "abcdefghijklmnopqrstuvwxyz {}:,0123456789";

/** Text that shrinks to about half, different for each seed. */
function text(seed: number, length: number): Uint8Array {
  let state = seed + 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return CHARACTERS.charCodeAt((state >>> 24) % (1 + (state >>> 28))) + (seed & 1);
  });
}

/** Both windows of a connection, full. */
function connection(engine: VectorEngine, seed: number, windowBits = 12) {
  const inflater = engine.createInflater({ windowBits });
  const deflater = engine.createDeflater({ windowBits }, inflater);
  const peer = createVectorEngine()!.createDeflater({ windowBits: 15 });
  const [received, sent] = [text(seed, 1 << windowBits), text(seed + 10_000, 1 << windowBits)];
  inflater.inflate(peer.deflate(received), received.length);
  deflater.append(sent);
  return { inflater, deflater, received, sent };
}

type Connection = ReturnType<typeof connection>;

/** Whether a connection's windows are what they were: what repeats them takes next to nothing, and is understood. */
function expectWhole({ inflater, deflater, received, sent }: Connection): void {
  const repeats = createVectorEngine()!.createDeflater({ windowBits: 12 });
  repeats.append(received);
  const compressed = repeats.deflate(received.subarray(0, 4_000));
  expect(compressed.length).toBeLessThan(60);
  expect(inflater.inflate(compressed, 4_000)).toEqual(received.subarray(0, 4_000));
  expect(deflater.deflate(sent.subarray(0, 4_000)).length).toBeLessThan(60);
}

describe("cold windows", () => {
  test("are whole again when they are needed, with whatever reference they were frozen", () => {
    const engine = createVectorEngine()!;
    const connections = Array.from({ length: 60 }, (_, index) => connection(engine, index));
    const warm = engine.space.heldBytes;
    coolDown(engine.space);
    const { coldWindows, coldBytes, heldBytes } = engine.space.metrics();
    expect([warm, coldWindows]).toEqual([60 * 8_192, 120]);
    expect(coldBytes).toBeLessThan(warm * 0.6);
    expect(heldBytes).toBe(coldBytes + 28_672);
    for (const each of connections) expectWhole(each);
    expect(engine.space.metrics()).toMatchObject({ coldWindows: 0, coldBytes: 0, thawed: 120 });
  });

  test("count the references that they need, also one that was replaced a moment ago", () => {
    const engine = createVectorEngine()!;
    const deflater = engine.createDeflater({ windowBits: 12 });
    const references = () => {
      const { heldBytes, coldBytes } = engine.space.metrics();
      return heldBytes - coldBytes;
    };
    const freeze = (plaintext: Uint8Array) => {
      deflater.append(plaintext);
      coolDown(engine.space);
      return references();
    };
    let seed = 0;
    while (seed < 100) freeze(text(seed++, 4_096));
    expect(references()).toBe(28_672);
    // Of another kind, and nobody has needed the old reference for a while when the new one is made
    const letters = (at: number) =>
      text(at, 8_192)
        .filter((_, index) => index % 2 === 0)
        .map((byte, index) => (byte * 7 + index * 13) & 0x7f);
    while (references() === 28_672 && seed < 400) freeze(letters(seed++));
    expect(references()).toBe(2 * 28_672);
    freeze(letters(seed++));
    expect(references()).toBe(28_672);
  });

  test("that are released while they are frozen take nothing with them, and leave nothing", () => {
    const engine = createVectorEngine()!;
    const connections = Array.from({ length: 40 }, (_, index) => connection(engine, index));
    coolDown(engine.space);
    for (const [index, { inflater, deflater }] of connections.entries()) {
      if (index % 4 === 0) inflater.reset();
      if (index % 3 === 0) deflater.reset();
      if (index % 4 === 0) expect(inflater.heldBytes).toBe(0);
    }
    for (const [index, each] of connections.entries()) if (index % 4 !== 0 && index % 3 !== 0) expectWhole(each);
    for (const { inflater, deflater } of connections) {
      inflater.reset();
      deflater.reset();
    }
    expect(engine.space.metrics()).toMatchObject({ windows: 0, coldWindows: 0, coldBytes: 0, heldBytes: 28_672 });
    expect(engine.space.isAwake).toBe(false);
  });

  test("of one direction are whole although the other was released", () => {
    const engine = createVectorEngine()!;
    const [one, other] = [connection(engine, 1), connection(engine, 2)];
    coolDown(engine.space);
    one.inflater.reset();
    other.deflater.reset();
    expect(one.deflater.deflate(one.sent).length).toBeLessThan(60);
    expect(other.deflater.deflate(other.sent).length).toBeGreaterThan(1_000);
    expect(one.inflater.heldBytes).toBe(0);
    expect(other.inflater.heldBytes).toBeGreaterThan(0);
    expect(engine.space.metrics()).toMatchObject({ windows: 2, coldWindows: 1, thawed: 1 });
  });

  test("memory is what the rest needs after 12,000 connections have come and gone", { timeout: 30_000 }, () => {
    const engine = createVectorEngine()!;
    const message = text(7, 600);
    const kept: ReturnType<VectorEngine["createDeflater"]>[] = [];
    // Every other round the windows become cold before they go
    for (let round = 0; round < 6; round++) {
      const deflaters = Array.from({ length: 2_000 }, () => engine.createDeflater({ windowBits: 12 }));
      for (const [index, deflater] of deflaters.entries()) {
        deflater.append(message);
        if (index % 20 === 0) deflater.append(text(index, 4_000));
      }
      if (round % 2 === 0) coolDown(engine.space);
      for (const deflater of deflaters.slice(0, -17)) deflater.reset();
      kept.push(...deflaters.slice(-17));
    }
    expect(engine.space.metrics()).toMatchObject({ windows: 102, frozen: 6_034, thawed: 0 });
    expect(engine.space.heldBytes).toBeLessThan(102 * 4_096);
    for (const deflater of kept) deflater.reset();
    expect(engine.space.metrics()).toMatchObject({ windows: 0, coldWindows: 0, coldBytes: 0 });
  });
});

describe("a secret in one connection's window", () => {
  const SECRET = "the secret of the connection beside it";
  const secret = new TextEncoder().encode(`${SECRET}; `.repeat(120));

  test("never shows in another's plaintext, however its payloads are corrupted", { timeout: 30_000 }, () => {
    const engine = createVectorEngine()!;
    const windowBits = 15;
    // In the reference, in frozen windows, and in the codec's memory
    const owners = Array.from({ length: 10 }, () => engine.createDeflater({ windowBits }));
    for (const owner of owners) owner.append(secret);
    coolDown(engine.space);
    const plain = text(3, 2_000);
    const payload = createVectorEngine()!.createDeflater({ windowBits }).deflate(plain);
    let accepted = 0;
    for (let corruption = 0; corruption < 1_500; corruption++) {
      const inflater = engine.createInflater({ windowBits });
      inflater.inflate(payload, 2_000);
      if (corruption % 2 === 0) coolDown(engine.space);
      if (corruption % 100 === 0) owners[corruption % 7]!.deflate(plain);
      const changed = Uint8Array.from(payload);
      for (let times = 0; times <= corruption % 3; times++) {
        const bit = (corruption * 7_919 + times * 104_729) % (changed.length * 8);
        changed[bit >> 3]! ^= 1 << (bit & 7);
      }
      const message = inflater.inflate(changed, 100_000);
      inflater.reset();
      if (typeof message === "string") continue;
      accepted++;
      if (Buffer.from(message).includes(SECRET.slice(0, 8))) expect.fail(`corruption ${corruption} shows the secret`);
    }
    expect(accepted).toBeGreaterThan(10);
  });

  test("is not in reach of what its reference serves", () => {
    const engine = createVectorEngine()!;
    for (let owner = 0; owner < 10; owner++) engine.createDeflater({ windowBits: 12 }).append(secret);
    coolDown(engine.space);
    const stranger = engine.createDeflater({ windowBits: 12 });
    stranger.append(new TextEncoder().encode(`${SECRET}?`.repeat(20)));
    const alone = createVectorEngine()!.createDeflater({ windowBits: 12 });
    alone.append(new TextEncoder().encode(`${SECRET}?`.repeat(20)));
    coolDown(engine.space);
    // What is sent is the same to the byte, wherever the window has been
    expect(stranger.deflate(secret)).toEqual(alone.deflate(secret));
    expect(engine.createDeflater({ windowBits: 12 }).deflate(secret)).toEqual(
      createVectorEngine()!.createDeflater({ windowBits: 12 }).deflate(secret),
    );
  });
});

describe("a budget", () => {
  test("has the longest idle windows frozen although they are not cold", () => {
    const engine = createVectorEngine({ memoryBudget: 100_000 })!;
    const connections = Array.from({ length: 12 }, (_, index) => {
      engine.space.age();
      return connection(engine, index);
    });
    expect(engine.space.metrics()).toMatchObject({ coldWindows: 0, heldBytes: 12 * 8_192 });
    engine.space.age();
    connections[0]!.deflater.deflate(text(1, 10));
    connections[0]!.inflater.inflate(Uint8Array.of(0), 1);
    engine.createDeflater({ windowBits: 12 }).append(text(5, 4_096));
    const { coldWindows, shrunk, heldBytes } = engine.space.metrics();
    expect([coldWindows, shrunk]).toEqual([2, 0]);
    expect(heldBytes).toBeLessThanOrEqual(100_000);
    const frozen = connections.filter(({ inflater, deflater }) => inflater.heldBytes + deflater.heldBytes < 8_192);
    expect(frozen).toEqual([connections[1]]);
    for (const each of connections) expectWhole(each);
  });

  test("has sending windows given up then, and never a receiving one", () => {
    const engine = createVectorEngine({ memoryBudget: 60_000 })!;
    const connections = Array.from({ length: 40 }, (_, index) => connection(engine, index));
    const { shrunk, windows } = engine.space.metrics();
    expect(shrunk).toBeGreaterThan(20);
    expect(windows).toBeLessThanOrEqual(60);
    const repeats = createVectorEngine()!.createDeflater({ windowBits: 12 });
    for (const { inflater, received } of connections) {
      repeats.reset();
      repeats.append(received);
      expect(inflater.inflate(repeats.deflate(received), 4_096)).toEqual(received);
    }
  });

  test("that is used up leaves senders without context, and their messages right", () => {
    const engine = createVectorEngine({ memoryBudget: 0 })!;
    const deflater = engine.createDeflater({ windowBits: 12 });
    const inflater = createVectorEngine()!.createInflater({ windowBits: 12 });
    for (let message = 0; message < 5; message++) {
      const plain = text(1, 500);
      const compressed = deflater.deflate(plain);
      deflater.append(plain);
      expect(inflater.inflate(compressed, 500)).toEqual(plain);
      expect(compressed.length).toBeGreaterThan(100);
    }
    expect([deflater.heldBytes, engine.space.metrics().windows, engine.space.isAwake]).toEqual([0, 0, false]);
  });

  test("admits another connection while room can be made for what must stay whole", () => {
    const engine = createVectorEngine({ memoryBudget: 20_000 })!;
    expect([engine.admits(4_096), engine.admits(20_000), engine.admits(20_001)]).toEqual([true, true, false]);
    let state = 1;
    const noise = () =>
      Uint8Array.from({ length: 4_096 }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return state >>> 24;
      });
    const peer = createVectorEngine()!.createDeflater({ windowBits: 15 });
    const inflaters = Array.from({ length: 4 }, () => engine.createInflater({ windowBits: 12 }));
    for (const inflater of inflaters) inflater.inflate(peer.deflate(noise()), 4_096);
    expect(engine.admits(4_096)).toBe(false);
    inflaters[0]!.reset();
    expect(engine.admits(4_096)).toBe(true);
  });

  test("is kept whatever happens, but for receiving windows; and every window stays right", () => {
    const step = fc.record({ of: fc.nat(7), action: fc.nat(9), seed: fc.nat(50), length: fc.nat(3_000) });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.array(step, { maxLength: 80 }), (memoryBudget, steps) => {
        const engine = createVectorEngine({ memoryBudget })!;
        const peers = createVectorEngine()!;
        const ends = [8, 9, 10, 11, 12, 12, 13, 14].map((windowBits) => {
          const inflater = engine.createInflater({ windowBits });
          const deflater = engine.createDeflater({ windowBits }, inflater);
          const peer = {
            inflater: peers.createInflater({ windowBits }),
            deflater: peers.createDeflater({ windowBits }),
          };
          return { inflater, deflater, peer };
        });
        for (const { of, action, seed, length } of steps) {
          const { inflater, deflater, peer } = ends[of]!;
          const message = text(seed, length);
          if (action < 4) {
            const payload = peer.deflater.deflate(message);
            peer.deflater.append(message);
            expect(inflater.inflate(payload, length)).toEqual(message);
          } else if (action < 8) {
            expect(peer.inflater.inflate(deflater.deflate(message), length)).toEqual(message);
            deflater.append(message);
          } else if (action === 8) coolDown(engine.space);
          else engine.space.age();
          const receiving = ends.reduce((sum, { inflater: { heldBytes } }) => sum + heldBytes, 0);
          expect(engine.space.heldBytes).toBeLessThanOrEqual(Math.max(memoryBudget, receiving + memoryBudget / 8));
        }
      }),
      { numRuns: 60 },
    );
  });
});
