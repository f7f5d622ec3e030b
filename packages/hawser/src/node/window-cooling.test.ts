import { describe, expect, test } from "vitest";
import { createVectorEngine, type VectorEngine } from "../deflate/vector-engine.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { WindowCooling } from "./window-cooling.ts";

const MESSAGE = new TextEncoder().encode("a hawser is a thick rope for mooring or towing a ship. ".repeat(20));

/** An engine whose windows are cold after 60 seconds of a clock's that stands still. */
function coolingEngine() {
  const clock = new FakeClock();
  const cooling = new WindowCooling(60_000, clock);
  const engine: VectorEngine = createVectorEngine({ onAwake: () => cooling.start(engine.space) })!;
  return { clock, engine };
}

describe("windows", () => {
  test("are cold when nobody used them for the time given, and a quarter of it more at most", async () => {
    const { clock, engine } = coolingEngine();
    const deflater = engine.createDeflater({ windowBits: 12 });
    await clock.advance(100_000);
    deflater.append(MESSAGE);
    await clock.advance(59_999);
    expect(engine.space.metrics()).toMatchObject({ windows: 1, coldWindows: 0 });
    await clock.advance(15_001);
    expect(engine.space.metrics()).toMatchObject({ windows: 1, coldWindows: 1, frozen: 1 });
    expect(deflater.heldBytes).toBeLessThan(200);
  });

  test("stay warm while they are used", async () => {
    const { clock, engine } = coolingEngine();
    const deflater = engine.createDeflater({ windowBits: 12 });
    for (let message = 0; message < 10; message++) {
      deflater.append(MESSAGE);
      await clock.advance(50_000);
    }
    expect(engine.space.metrics()).toMatchObject({ windows: 1, coldWindows: 0, frozen: 0 });
  });

  test("become cold again after each time", async () => {
    const { clock, engine } = coolingEngine();
    const deflater = engine.createDeflater({ windowBits: 12 });
    deflater.append(MESSAGE);
    for (let time = 1; time <= 5; time++) {
      await clock.advance(75_000);
      expect(engine.space.metrics()).toMatchObject({ coldWindows: 1, frozen: time, thawed: time - 1 });
      expect(deflater.deflate(MESSAGE).length).toBeLessThan(40);
    }
  });

  test("of both directions become cold together, even if one was used a little later", async () => {
    const { clock, engine } = coolingEngine();
    const inflater = engine.createInflater({ windowBits: 12 });
    const deflater = engine.createDeflater({ windowBits: 12 }, inflater);
    inflater.inflate(deflater.deflate(MESSAGE), 10_000);
    await clock.advance(16_000);
    deflater.append(MESSAGE);
    await clock.advance(59_000);
    expect(engine.space.metrics()).toMatchObject({ windows: 2, coldWindows: 2 });
    // The second text repeats the first
    expect(inflater.heldBytes + deflater.heldBytes).toBeLessThan(200);
  });

  test("of which one is cold for long join when the other is cold too", async () => {
    const { clock, engine } = coolingEngine();
    const inflater = engine.createInflater({ windowBits: 12 });
    const deflater = engine.createDeflater({ windowBits: 12 }, inflater);
    inflater.inflate(deflater.deflate(MESSAGE), 10_000);
    for (let time = 0; time < 10; time++) {
      deflater.append(MESSAGE);
      await clock.advance(20_000);
    }
    expect(engine.space.metrics()).toMatchObject({ windows: 2, coldWindows: 1 });
    await clock.advance(60_000);
    expect(engine.space.metrics()).toMatchObject({ windows: 2, coldWindows: 2, frozen: 3, thawed: 1 });
    expect(inflater.heldBytes * deflater.heldBytes).toBe(0);
  });

  test("that become cold at once are compressed little by little", async () => {
    const { clock, engine } = coolingEngine();
    for (let window = 0; window < 500; window++) engine.createDeflater({ windowBits: 12 }).append(MESSAGE);
    await clock.advance(75_000);
    const { coldWindows: first } = engine.space.metrics();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(50);
    await clock.advance(100);
    expect(engine.space.metrics().coldWindows).toBe(500);
  });

  test("leave no timer when all are cold, or gone", async () => {
    const { clock, engine } = coolingEngine();
    const [one, other] = [engine.createDeflater({ windowBits: 12 }), engine.createDeflater({ windowBits: 12 })];
    one.append(MESSAGE);
    other.append(MESSAGE);
    other.reset();
    await clock.advance(75_000);
    const { frozen } = engine.space.metrics();
    let isScheduled = false;
    clock.schedule = () => {
      isScheduled = true;
      return undefined;
    };
    await clock.advance(10_000_000);
    expect([frozen, isScheduled]).toEqual([1, false]);
    one.append(MESSAGE);
    expect(isScheduled).toBe(true);
  });

  test("that do not become smaller are left alone, until they are used again", async () => {
    const { clock, engine } = coolingEngine();
    const deflater = engine.createDeflater({ windowBits: 12 });
    let state = 1;
    const noise = Uint8Array.from({ length: 4_096 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    });
    deflater.append(noise);
    await clock.advance(1_000_000);
    expect(engine.space.metrics()).toMatchObject({ coldWindows: 0, frozen: 0, heldBytes: 4_096 });
    deflater.append(new Uint8Array(4_096));
    await clock.advance(75_000);
    expect(engine.space.metrics()).toMatchObject({ coldWindows: 1, heldBytes: 64 });
  });
});
