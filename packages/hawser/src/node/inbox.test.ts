import { describe, expect, test } from "vitest";
import { type Delivery, Inbox, Piece } from "./inbox.ts";

const LIMITS = { maxQueue: { high: 4, low: 1 }, readLimit: 1_000 };

function filled(count: number, delivery: Delivery = ""): Inbox {
  const inbox = new Inbox(LIMITS);
  for (let index = 0; index < count; index++) inbox.put(delivery);
  return inbox;
}

function waitIn(inbox: Inbox): Promise<Delivery> {
  return new Promise((resolve, reject) => inbox.wait({ resolve, reject }));
}

test("deliveries come out in the order in which they were put in", () => {
  const inbox = new Inbox(LIMITS);
  const taken: unknown[] = [];
  for (let count = 0; count < 500; count++) {
    inbox.put(`${count}a`);
    inbox.put(`${count}b`);
    taken.push(inbox.poll());
  }
  while (!inbox.isEmpty) taken.push(inbox.poll());
  expect(taken).toEqual(Array.from({ length: 500 }, (_, count) => [`${count}a`, `${count}b`]).flat());
  expect(inbox.poll()).toBeUndefined();
});

test("an empty message is a delivery", () => {
  const inbox = filled(1);
  expect(inbox.isEmpty).toBe(false);
  expect(inbox.poll()).toBe("");
  expect(inbox.isEmpty).toBe(true);
});

describe("limits", () => {
  test.each([
    ["frames, one short of it", filled(4 + 1_023), 0, false],
    ["frames", filled(4 + 1_024), 0, true],
    ["characters, one short of it", filled(1, "x".repeat(66_535)), 0, false],
    ["characters", filled(1, "x".repeat(66_536)), 0, true],
    ["bytes", filled(2, new Uint8Array(33_268)), 0, true],
    ["bytes of pieces", filled(2, new Piece(new Uint8Array(33_268), false)), 0, true],
    ["pieces without content", filled(4 + 1_024, new Piece(undefined, true)), 0, true],
    ["bytes held elsewhere", filled(0), 66_536, true],
    ["bytes here and elsewhere", filled(1, new Uint8Array(536)), 66_000, true],
  ])("reading must stop: %s", (_name, inbox, heldBytes, isOverfull) => {
    expect(inbox.isOverfull(heldBytes)).toBe(isOverfull);
  });

  test.each([
    ["few frames", filled(1), 0, true],
    ["too many frames", filled(2), 0, false],
    ["a quarter of the bytes", filled(1, "x".repeat(250)), 0, true],
    ["more than a quarter of the bytes", filled(1, "x".repeat(251)), 0, false],
    ["too many bytes held elsewhere", filled(0), 251, false],
  ])("reading may go on: %s", (_name, inbox, heldBytes, hasRoom) => {
    expect(inbox.hasRoom(heldBytes)).toBe(hasRoom);
  });

  test("there is always room for what somebody waits for", async () => {
    const inbox = new Inbox(LIMITS);
    const waiting = waitIn(inbox);
    expect(inbox.isAwaited).toBe(true);
    expect(inbox.isOverfull(1_000_000)).toBe(false);
    expect(inbox.hasRoom(1_000_000)).toBe(true);
    inbox.put("x");
    expect(inbox.isOverfull(1_000_000)).toBe(true);
    await expect(waiting).resolves.toBe("x");
  });
});

describe("waiting", () => {
  test("one who waits gets the next delivery, and it is not queued", async () => {
    const inbox = new Inbox(LIMITS);
    const waiting = waitIn(inbox);
    inbox.put("first");
    inbox.put("second");
    await expect(waiting).resolves.toBe("first");
    expect(inbox.poll()).toBe("second");
  });

  test("one who has stopped waiting leaves the delivery to the next", () => {
    const inbox = new Inbox(LIMITS);
    void waitIn(inbox);
    inbox.stopWaiting();
    inbox.put("kept");
    expect(inbox.poll()).toBe("kept");
  });

  test("the end is told to one who waits, and to all who come later", async () => {
    const inbox = new Inbox(LIMITS);
    const waiting = waitIn(inbox);
    const reason = new Error("over");
    inbox.finish(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(waitIn(inbox)).rejects.toBe(reason);
    expect(inbox.isAwaited).toBe(false);
  });
});

describe("dropping pieces", () => {
  test("those that are there, up to the last", () => {
    const inbox = new Inbox(LIMITS);
    inbox.put(new Piece("a", false));
    inbox.put(new Piece(undefined, true));
    inbox.put("next");
    inbox.dropPieces();
    expect(inbox.poll()).toBe("next");
  });

  test("those that will come, up to the last", async () => {
    const inbox = new Inbox(LIMITS);
    inbox.put(new Piece("a", false));
    inbox.dropPieces();
    const waiting = waitIn(inbox);
    inbox.put(new Piece("b", false));
    inbox.put(new Piece("c", true));
    const wanted = new Piece("d", true);
    inbox.put(wanted);
    await expect(waiting).resolves.toBe(wanted);
  });
});
