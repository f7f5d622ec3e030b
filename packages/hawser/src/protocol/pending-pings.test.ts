import { describe, expect, test } from "vitest";
import { utf8 } from "../../test/support/wire.ts";
import { PendingPings, type PingWaiter } from "./pending-pings.ts";

/** Writes down what becomes of the pings, by name. */
function waiters(): { readonly outcomes: string[]; waiter(name: string): PingWaiter } {
  const outcomes: string[] = [];
  const waiter = (name: string): PingWaiter => ({
    answered: (latency) => outcomes.push(`${name} after ${latency}`),
    lost: () => outcomes.push(`${name} lost`),
  });
  return { outcomes, waiter };
}

function threePings(): { readonly pings: PendingPings; readonly outcomes: readonly string[] } {
  const pings = new PendingPings();
  const { outcomes, waiter } = waiters();
  pings.add(utf8("a"), 10, waiter("a"));
  pings.add(utf8("b"), 20, waiter("b"));
  pings.add(utf8("c"), 30, waiter("c"));
  return { pings, outcomes };
}

describe("a pong", () => {
  test.each([
    ["a", 25, ["a after 25"]],
    ["b", 15, ["a after 25", "b after 15"]],
    ["c", 5, ["a after 25", "b after 15", "c after 5"]],
  ])("of %s answers it and those before it", (payload, latency, expected) => {
    const { pings, outcomes } = threePings();
    expect(pings.answer(utf8(payload), 35)).toBe(latency);
    expect(outcomes).toEqual(expected);
  });

  test("answers once", () => {
    const { pings, outcomes } = threePings();
    pings.answer(utf8("c"), 35);
    expect(pings.answer(utf8("c"), 36)).toBeUndefined();
    pings.lose();
    expect(outcomes).toHaveLength(3);
  });

  test.each(["", "d", "aa"])("that repeats no ping (%j) answers none", (payload) => {
    const { pings, outcomes } = threePings();
    expect(pings.answer(utf8(payload), 35)).toBeUndefined();
    expect(outcomes).toEqual([]);
  });

  test("without any ping answers none", () => {
    expect(new PendingPings().answer(utf8("a"), 1)).toBeUndefined();
  });

  test("of an empty ping is empty", () => {
    const pings = new PendingPings();
    pings.add(utf8(""), 1, undefined);
    expect(pings.answer(utf8(""), 3)).toBe(2);
  });
});

test("what is not answered is lost, once", () => {
  const { pings, outcomes } = threePings();
  pings.answer(utf8("a"), 35);
  pings.lose();
  pings.lose();
  expect(outcomes).toEqual(["a after 25", "b lost", "c lost"]);
});

test("of the pings that nobody waits for, the latest alone is kept", () => {
  const pings = new PendingPings();
  const { outcomes, waiter } = waiters();
  pings.add(utf8("1"), 10, undefined);
  pings.add(utf8("a"), 15, waiter("a"));
  pings.add(utf8("2"), 20, undefined);
  expect(pings.answer(utf8("1"), 25)).toBeUndefined();
  expect(outcomes).toEqual([]);
  expect(pings.answer(utf8("2"), 25)).toBe(5);
  expect(outcomes).toEqual(["a after 10"]);
});
