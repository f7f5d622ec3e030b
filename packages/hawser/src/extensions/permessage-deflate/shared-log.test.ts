import { describe, expect, test } from "vitest";
import { zlibEngine } from "../../node/zlib-engine.ts";
import { type LogFollower, SharedLog } from "./shared-log.ts";

const WINDOW = 256;

/** Follows a log, and notes what it had of it when it left. */
class Follower implements LogFollower {
  place = -1;
  since = 0;
  upTo = 0;
  part: number[] | undefined;
  readonly #log: SharedLog;

  constructor(log: SharedLog) {
    this.#log = log;
    log.add(this, log.end);
    this.upTo = log.end;
  }

  leave(): void {
    const part: number[] = [];
    this.#log.copyTo({ append: (bytes) => void part.push(...bytes) }, this);
    this.part = part;
    this.#log.remove(this);
  }
}

class Stream {
  readonly log: SharedLog = new SharedLog(zlibEngine, { windowBits: 8 });
  readonly bytes: number[] = [];

  send(length: number, receivers: readonly Follower[]): void {
    const message = Uint8Array.from({ length }, (_, index) => (this.bytes.length + index) * 7);
    this.log.hold(true);
    this.log.append(message);
    this.bytes.push(...message.subarray(-WINDOW));
    for (const receiver of receivers) receiver.upTo = this.log.end;
    this.log.settle(message);
    this.log.hold(false);
  }

  /** The last bytes of a window that has all up to a place. */
  upTo(end: number): number[] {
    return this.bytes.slice(Math.max(0, end - WINDOW), end);
  }
}

describe("whoever misses messages", () => {
  test.each([
    ["small ones", [10, 20, 30], [5, 5, 5, 5], undefined],
    ["as many as the window has bytes", [200], [28, 28], undefined],
    ["one byte more", [200], [28, 29], 200],
    ["one more than a window", [100, 200], [1, 255, 1], 300],
    ["a message of a whole window", [300], [256], undefined],
    ["two of a whole window", [300], [256, 256], 256],
    ["one of several windows", [90], [1_000], undefined],
  ])("%s: leaves before its part is overwritten", (_name, got, missed, leftAt) => {
    const stream = new Stream();
    const [stays, away] = [new Follower(stream.log), new Follower(stream.log)];
    for (const length of got) stream.send(length, [stays, away]);
    const end = away.upTo;
    for (const length of missed) stream.send(length, [stays]);
    expect(away.part).toEqual(leftAt === undefined ? undefined : stream.upTo(leftAt));
    if (away.part === undefined) away.leave();
    expect(away.part).toEqual(stream.upTo(end));
    stays.leave();
    expect(stays.part).toEqual(stream.upTo(stream.bytes.length));
  });

  test("in any number, and in any order", () => {
    const stream = new Stream();
    const followers = Array.from({ length: 20 }, () => new Follower(stream.log));
    const ends = new Map<Follower, number>();
    for (let round = 0; round < 200; round++) {
      const receivers = followers.filter((one, index) => one.part === undefined && (round * 7 + index) % 90 !== 0);
      const inStep = receivers.filter(({ upTo }) => upTo === stream.log.end);
      stream.send((round * 37) % 100, inStep);
      for (const one of inStep) ends.set(one, stream.bytes.length);
    }
    expect(followers.filter(({ part }) => part !== undefined).length).toBeGreaterThan(10);
    for (const one of followers) {
      if (one.part === undefined) one.leave();
      expect(one.part).toEqual(stream.upTo(ends.get(one)!));
    }
  });
});

test("memory is taken as it is filled, two windows and one to compress against, and goes with the last follower", () => {
  const stream = new Stream();
  const { log } = stream;
  expect(log.heldBytes).toBe(0);
  const followers = [new Follower(log), new Follower(log), new Follower(log)];
  for (let round = 0; round < 30; round++) stream.send(50, followers);
  expect(log.heldBytes).toBe(3 * WINDOW);
  followers[0]!.leave();
  followers[2]!.leave();
  expect([log.heldBytes, log.end]).toEqual([3 * WINDOW, 1_500]);
  // Not while a message is under way
  log.hold(true);
  followers[1]!.leave();
  expect(log.heldBytes).toBe(3 * WINDOW);
  log.hold(false);
  expect([log.heldBytes, log.end]).toEqual([0, 0]);
});

test("what is compressed does not refer to what is not settled", () => {
  const stream = new Stream();
  const { log } = stream;
  const follower = new Follower(log);
  stream.send(100, [follower]);
  const next = Uint8Array.from({ length: 100 }, (_, index) => (index * index * 11) & 0xff);
  log.hold(true);
  log.append(next);
  expect(log.deflate(next, 100).length).toBeGreaterThan(90);
  log.settle(next);
  expect(log.deflate(next, 100).length).toBeLessThan(20);
  expect(log.deflate(next, 0).length).toBeGreaterThan(90);
});
