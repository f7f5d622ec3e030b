import { describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { type Timed, TimingWheel } from "./timing-wheel.ts";

/** An entry that notes when it was called, and then has the next of its deadlines. */
class Entry implements Timed {
  deadline: number;
  slot = -1;
  slotIndex = 0;
  readonly calls: number[] = [];
  readonly #then: (now: number) => number;

  constructor(deadline: number, then: (now: number) => number = () => Number.POSITIVE_INFINITY) {
    this.deadline = deadline;
    this.#then = then;
  }

  handleTimeout(now: number): void {
    this.calls.push(now);
    this.deadline = this.#then(now);
  }
}

function setUp(...entries: Entry[]) {
  const clock = new FakeClock();
  const wheel = new TimingWheel(clock);
  for (const entry of entries) wheel.schedule(entry);
  return { clock, wheel };
}

describe("an entry", () => {
  test.each([
    ["on a slot's border", 1_000, 1_000],
    ["between two borders, at the later one", 1_001, 1_010],
    ["in the past, as soon as possible", -50, 1],
  ])("is called once: %s", async (_name, deadline, calledAt) => {
    const entry = new Entry(deadline);
    const { clock } = setUp(entry);
    await clock.advance(5_000);
    expect(entry.calls).toEqual([calledAt]);
    expect(entry.slot).toBe(-1);
  });

  test("without a deadline is never called", async () => {
    const entry = new Entry(Number.POSITIVE_INFINITY);
    const { clock } = setUp(entry);
    await clock.advance(100_000);
    expect(entry.calls).toEqual([]);
  });

  test("whose deadline has moved on is called at the new one", async () => {
    const entry = new Entry(1_000);
    const { clock } = setUp(entry);
    for (let moved = 0; moved < 20; moved++) {
      await clock.advance(100);
      entry.deadline = clock.now() + 1_000;
    }
    expect(entry.calls).toEqual([]);
    await clock.advance(5_000);
    expect(entry.calls).toEqual([3_000]);
  });

  test("whose deadline has come nearer is called at the new one, once it was scheduled again", async () => {
    const entry = new Entry(5_000);
    const { clock, wheel } = setUp(entry);
    entry.deadline = 1_000;
    wheel.schedule(entry);
    await clock.advance(10_000);
    expect(entry.calls).toEqual([1_000]);
  });

  test("that has a next deadline is called again and again", async () => {
    const entry = new Entry(100, (now) => (now < 400 ? now + 100 : Number.POSITIVE_INFINITY));
    const { clock } = setUp(entry);
    await clock.advance(10_000);
    expect(entry.calls).toEqual([100, 200, 300, 400]);
  });

  test("that was removed is not called, by an entry of the same slot either", async () => {
    const removed = new Entry(100);
    const removing = new Entry(100, () => {
      wheel.remove(removed);
      return Number.POSITIVE_INFINITY;
    });
    const { clock, wheel } = setUp(removing, removed);
    await clock.advance(10_000);
    expect(removing.calls).toEqual([100]);
    expect(removed.calls).toEqual([]);
    expect(removed.slot).toBe(-1);
  });

  test("that removes itself while it is called stays away, whatever its deadline", async () => {
    const entry: Entry = new Entry(100, () => {
      wheel.remove(entry);
      return 100;
    });
    const { clock, wheel } = setUp(entry);
    await clock.advance(10_000);
    expect(entry.calls).toEqual([100]);
  });
});

describe("hasten", () => {
  test.each([
    ["puts an entry forward whose deadline has come nearer", 5_000, 1_000, [1_000]],
    ["puts an entry in that had no deadline", Number.POSITIVE_INFINITY, 1_000, [1_000]],
    ["leaves an entry alone whose deadline has moved on", 1_000, 5_000, [5_000]],
  ])("%s", async (_name, before, after, calls) => {
    const entry = new Entry(before);
    const { clock, wheel } = setUp(entry);
    entry.deadline = after;
    wheel.hasten(entry);
    await clock.advance(10_000);
    expect(entry.calls).toEqual(calls);
  });
});

test("10,000 entries cost one timer, and each is called at its time", async () => {
  const clock = new FakeClock();
  let timers = 0;
  const wheel = new TimingWheel({
    now: () => clock.now(),
    cancel: (scheduled) => {
      timers--;
      clock.cancel(scheduled);
    },
    schedule: (callback, delay) => {
      timers++;
      const run = () => {
        timers--;
        callback();
      };
      return clock.schedule(run, delay);
    },
    afterInput: (callback) => clock.afterInput(callback),
  });
  const entries = Array.from({ length: 10_000 }, (_, index) => new Entry(20_000 + ((index * 7) % 1_000)));
  for (const entry of entries) {
    wheel.schedule(entry);
    expect(timers).toBe(1);
  }
  await clock.advance(20_000);
  expect(timers).toBe(1);
  await clock.advance(1_100);
  expect(
    entries.filter(({ calls }, index) => calls.length === 1 && calls[0]! - (20_000 + ((index * 7) % 1_000)) < 10),
  ).toHaveLength(10_000);
  expect(timers).toBe(0);
});

describe("after a stall of our own", () => {
  test.each([
    ["long before", 60_000],
    ["just before", 1_005],
  ])("what has arrived is heard before anybody is judged: the deadline was %s its end", async (_name, stall) => {
    const entry = new Entry(1_000);
    const { clock } = setUp(entry);
    clock.scheduleInput(() => {
      entry.deadline = clock.now() + 1_000;
    }, 900);
    clock.stall(stall);
    await clock.advance(0);
    expect(entry.calls).toEqual([]);
    await clock.advance(1_010);
    expect(entry.calls).toHaveLength(1);
  });

  test("an entry that comes in between is not forgotten", async () => {
    const first = new Entry(1_000);
    const second = new Entry(0);
    const { clock, wheel } = setUp(first);
    clock.scheduleInput(() => {
      second.deadline = clock.now() + 500;
      wheel.schedule(second);
    }, 900);
    clock.stall(60_000);
    await clock.advance(500);
    expect(first.calls).toHaveLength(1);
    expect(second.calls).toEqual([60_500]);
  });
});
