import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { ConnectionAges } from "./connection-ages.ts";
import { TimingWheel } from "./timing-wheel.ts";

function ages(maxAge: number, random: () => number) {
  const clock = new FakeClock();
  const closed: unknown[] = [];
  const connection = (name: string) => ({
    close: async (code: number, reason: string) => void closed.push([name, code, reason, clock.now()]),
  });
  return { clock, closed, connection, all: new ConnectionAges(new TimingWheel(clock), maxAge, random) };
}

test.each([
  [0, 54_000],
  [0.5, 60_000],
  [1, 66_000],
])("with the random number %d, an age of a minute is %d ms", async (random, age) => {
  const { clock, closed, connection, all } = ages(60_000, () => random);
  all.opened(connection("a"));
  await clock.advance(age - 1);
  expect(closed).toEqual([]);
  await clock.advance(11);
  expect(closed).toEqual([["a", 1_012, "maxConnectionAge", expect.any(Number)]]);
  await clock.advance(200_000);
  expect(closed).toHaveLength(1);
});

test("one that has gone is not closed", async () => {
  const { clock, closed, connection, all } = ages(1_000, () => 0.5);
  const [gone, here] = [connection("gone"), connection("here")];
  for (const one of [gone, here]) all.opened(one);
  all.closed(gone);
  all.closed(gone);
  await clock.advance(2_000);
  expect(closed).toEqual([["here", 1_012, "maxConnectionAge", 1_000]]);
});

test("without limit, nothing is noted", async () => {
  const { clock, closed, connection, all } = ages(Number.POSITIVE_INFINITY, () => 0.5);
  const one = connection("a");
  all.opened(one);
  all.closed(one);
  await clock.advance(10_000_000);
  expect(closed).toEqual([]);
});
