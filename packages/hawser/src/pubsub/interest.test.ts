import { describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import type { TopicInterest } from "./backplane.ts";
import { Interest, LINGER } from "./interest.ts";

/** A backplane that writes down what it is asked for. */
function bench() {
  const clock = new FakeClock();
  const calls: string[] = [];
  const failures: unknown[] = [];
  const state = { gate: undefined as Promise<void> | undefined, error: undefined as Error | undefined };
  const interest = new Interest(
    {
      subscribe: (interests: readonly TopicInterest[]) => {
        calls.push(`+${interests.map(({ topic }) => topic).join(",")}`);
        if (state.error !== undefined) throw state.error;
        return state.gate;
      },
      unsubscribe: (topics: readonly string[]) => void calls.push(`-${topics.join(",")}`),
    },
    {
      schedule: (callback, delay) => clock.schedule(callback, delay),
      cancel: (scheduled) => clock.cancel(scheduled),
      interestFailed: (error) => void failures.push(error),
    },
  );
  return { clock, calls, failures, state, interest };
}

describe("interest", () => {
  test("what is wanted in one turn is asked for in one call", async () => {
    const { interest, calls } = bench();
    const all = ["a", "b", "c", "a"].map((topic) => interest.add(topic, undefined));
    expect(calls).toEqual([]);
    await Promise.all(all);
    await interest.add("b", undefined);
    expect(calls).toEqual(["+a,b,c"]);
  });

  test("what nobody wants any more is given up after a while, together", async () => {
    const { interest, calls, clock } = bench();
    for (const topic of ["a", "b", "c"]) void interest.add(topic, undefined);
    await clock.advance(0);
    interest.delete("a");
    await clock.advance(LINGER - 1);
    interest.delete("b");
    interest.delete("c");
    void interest.add("c", undefined);
    await clock.advance(1);
    expect(calls).toEqual(["+a,b,c", "-a,b"]);
    await interest.add("a", undefined);
    expect(calls.at(-1)).toBe("+a");
  });

  test("calls do not cross: whoever comes while a topic is given up is asked for after it", async () => {
    const { interest, calls, clock, state } = bench();
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = interest.add("a", undefined);
    await clock.advance(0);
    interest.delete("a");
    await clock.advance(LINGER);
    const again = interest.add("a", undefined);
    await clock.advance(0);
    expect(calls).toEqual(["+a"]);
    open();
    await Promise.all([first, again]);
    // Wanted again before its turn to be given up came
    expect(calls).toEqual(["+a"]);
  });

  test("a thousand that nobody wants are given up at once", async () => {
    const { interest, calls, clock } = bench();
    for (let index = 0; index <= 1_000; index++) void interest.add(`${index}`, undefined);
    await clock.advance(0);
    for (let index = 0; index <= 1_000; index++) interest.delete(`${index}`);
    await clock.advance(0);
    expect(calls[1]?.split(",")).toHaveLength(1_001);
    await clock.advance(LINGER);
    expect(calls).toHaveLength(2);
  });

  test("a refusal is told, and the next who wants the topic asks again", async () => {
    const { interest, calls, failures, state } = bench();
    state.error = new Error("not allowed");
    await interest.add("a", undefined);
    expect(failures).toEqual([state.error]);
    state.error = undefined;
    await interest.add("a", undefined);
    expect(calls).toEqual(["+a", "+a"]);
  });

  test("nothing is given up after the end", async () => {
    const { interest, calls, clock } = bench();
    await interest.add("a", undefined);
    interest.delete("a");
    interest.close();
    await clock.advance(LINGER);
    expect(calls).toEqual(["+a"]);
  });
});
