import { describe, expect, test } from "vitest";
import { FakeClock } from "./fake-clock.ts";

describe("FakeClock", () => {
  test("it runs what is due in the order of time, then of scheduling", async () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    const note = (name: string) => () => void calls.push(`${name} at ${clock.now()}`);
    clock.schedule(note("b"), 20);
    clock.schedule(note("c"), 20);
    clock.schedule(note("a"), 10);
    clock.schedule(note("d"), 31);
    await clock.advance(30);
    expect(calls).toEqual(["a at 10", "b at 20", "c at 20"]);
    expect(clock.now()).toBe(30);
  });

  test("promise jobs run between two callbacks, and what they schedule is run", async () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    clock.schedule(async () => {
      await Promise.resolve();
      calls.push("job of the first");
      clock.schedule(() => calls.push("scheduled by the job"), 5);
    }, 10);
    clock.schedule(() => calls.push("second"), 11);
    await clock.advance(20);
    expect(calls).toEqual(["job of the first", "second", "scheduled by the job"]);
  });

  test("a cancelled callback is not called, not even by one that is due at the same time", async () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    let second: unknown;
    clock.schedule(() => {
      calls.push("first");
      clock.cancel(second);
    }, 10);
    second = clock.schedule(() => calls.push("second"), 10);
    clock.schedule(() => calls.push("third"), 10);
    await clock.advance(10);
    expect(calls).toEqual(["first", "third"]);
  });

  test("after a stall, timers come before what has arrived, and that before those who wait for it", async () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    clock.scheduleInput(() => calls.push("input"), 1);
    clock.schedule(() => {
      calls.push("timer");
      clock.afterInput(() => calls.push("after input"));
    }, 5);
    clock.stall(100);
    expect(calls).toEqual([]);
    await clock.advance(0);
    expect(calls).toEqual(["timer", "input", "after input"]);
    expect(clock.now()).toBe(100);
  });

  test("until lets as much time pass as a promise needs", async () => {
    const clock = new FakeClock();
    const settled = new Promise((resolve) => clock.schedule(() => resolve("done"), 1_234));
    await expect(clock.until(settled)).resolves.toBe("done");
    expect(clock.now()).toBe(1_234);
  });

  test("until passes a rejection on", async () => {
    const failed = Promise.reject(new Error("no"));
    await expect(new FakeClock().until(failed)).rejects.toThrow("no");
  });

  test("until gives up when nothing that is scheduled settles the promise", async () => {
    const clock = new FakeClock();
    clock.schedule(() => {}, 2_000);
    await expect(clock.until(new Promise(() => {}), 1_000)).rejects.toThrow("within 1000 ms");
  });
});
