import { describe, expect, test } from "vitest";
import { countedFrom, Schedule } from "./schedule.ts";
import { TimeQueue } from "./time-queue.ts";

function timesOf(schedule: Schedule, end: number): (readonly [client: number, time: number])[] {
  const turns: (readonly [number, number])[] = [];
  for (let turn = schedule.take(end, end); turn !== undefined; turn = schedule.take(end, end)) {
    turns.push([turn.client, turn.time]);
  }
  return turns;
}

describe("a schedule", () => {
  test("spreads clients evenly over the time between two messages of one", () => {
    const schedule = new Schedule({ begin: 1_000, rate: 2, clients: 4, threads: 1, thread: 0 });
    expect(timesOf(schedule, 2_000)).toEqual([
      [0, 1_000],
      [1, 1_125],
      [2, 1_250],
      [3, 1_375],
      [0, 1_500],
      [1, 1_625],
      [2, 1_750],
      [3, 1_875],
    ]);
  });

  test("of several threads is one schedule, shared out", () => {
    const options = { begin: 0, rate: 1, clients: 5, threads: 2 };
    const threads = [0, 1].map((thread) => timesOf(new Schedule({ ...options, thread }), 1_000));
    expect(threads).toEqual([
      [
        [0, 0],
        [1, 400],
        [2, 800],
      ],
      [
        [0, 200],
        [1, 600],
      ],
    ]);
  });

  test("hands out only what is due, and nothing from its end on", () => {
    const schedule = new Schedule({ begin: 0, rate: 10, clients: 1, threads: 1, thread: 0 });
    expect(schedule.take(-1, 1_000)).toBeUndefined();
    expect(schedule.take(0, 1_000)).toEqual({ client: 0, time: 0 });
    expect(schedule.take(99, 1_000)).toBeUndefined();
    expect(schedule.nextTime).toBe(100);
    expect(schedule.take(500, 100)).toBeUndefined();
  });

  test("keeps the times of what nobody took: they are caught up with", () => {
    const schedule = new Schedule({ begin: 0, rate: 10, clients: 1, threads: 1, thread: 0 });
    expect([1, 2, 3].map(() => schedule.take(250, 1_000)?.time)).toEqual([0, 100, 200]);
  });

  test("of a thread without clients has nothing", () => {
    const schedule = new Schedule({ begin: 0, rate: 10, clients: 1, threads: 2, thread: 1 });
    expect(schedule.nextTime).toBe(Number.POSITIVE_INFINITY);
  });
});

test.each([
  ["on time", 100, 100, 100],
  ["as late as a timer", 100, 102, 102],
  ["held up", 100, 102.5, 100],
])("a message that left %s, due %d, left %d, counts from %d", (_name, due, left, from) => {
  expect(countedFrom(due, left)).toBe(from);
});

test("times come out as they went in, however many", () => {
  const queue = new TimeQueue();
  for (let time = 0; time < 5_000; time++) queue.push(time);
  const taken = Array.from({ length: 3_000 }, () => queue.shift());
  expect([taken[0], taken[2_999], queue.first, queue.length]).toEqual([0, 2_999, 3_000, 2_000]);
  expect([...queue].slice(0, 2)).toEqual([3_000, 3_001]);
  while (queue.shift() !== undefined);
  expect([queue.length, queue.first, queue.shift()]).toEqual([0, undefined, undefined]);
});
