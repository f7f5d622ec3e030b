import { describe, expect, test } from "vitest";
import { Keepalive } from "./keepalive.ts";

const NEVER = Number.POSITIVE_INFINITY;

test("pings after an interval of silence, and gives up after the timeout", () => {
  const keepalive = new Keepalive(20, 7, 1_000);
  expect(keepalive.deadline).toBe(1_020);
  expect(keepalive.isPingDue(1_019)).toBe(false);
  expect(keepalive.isPingDue(1_020)).toBe(true);
  keepalive.pingSent(1_021);
  expect(keepalive.deadline).toBe(1_028);
  expect(keepalive.isPingDue(2_000)).toBe(false);
  expect(keepalive.isPeerLost(1_027)).toBe(false);
  expect(keepalive.isPeerLost(1_028)).toBe(true);
});

describe("whatever arrives", () => {
  test("puts the ping off", () => {
    const keepalive = new Keepalive(20, 7, 0);
    keepalive.received(15);
    expect(keepalive.deadline).toBe(35);
    expect(keepalive.isPingDue(34)).toBe(false);
    expect(keepalive.isPeerLost(1_000)).toBe(false);
  });

  test("answers the ping", () => {
    const keepalive = new Keepalive(20, 7, 0);
    keepalive.pingSent(20);
    keepalive.received(26);
    expect(keepalive.isPeerLost(27)).toBe(false);
    expect(keepalive.deadline).toBe(46);
  });
});

test.each([
  ["no interval: never pings", NEVER, 7, NEVER],
  ["no timeout: pings", 20, NEVER, 20],
])("%s", (_name, interval, timeout, deadline) => {
  expect(new Keepalive(interval, timeout, 0).deadline).toBe(deadline);
});

test("without a timeout pings may stay unanswered for ever, and go on", () => {
  const keepalive = new Keepalive(20, NEVER, 0);
  keepalive.pingSent(20);
  expect(keepalive.deadline).toBe(40);
  expect(keepalive.isPingDue(40)).toBe(true);
  expect(keepalive.isPeerLost(1e15)).toBe(false);
});
