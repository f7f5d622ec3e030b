import { expect, test } from "vitest";
import { flushLater } from "./flush-queue.ts";

test("all transports are flushed once, in order, at the end of the turn", async () => {
  const flushed: string[] = [];
  for (const name of ["a", "b"]) flushLater({ flush: () => void flushed.push(name) });
  expect(flushed).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(flushed).toEqual(["a", "b"]);
});

test("a transport that asks during a flush is flushed after those that stand in line", async () => {
  const flushed: string[] = [];
  const later = { flush: () => void flushed.push("later") };
  flushLater({
    flush: () => {
      flushed.push("first");
      flushLater(later);
    },
  });
  flushLater({ flush: () => void flushed.push("second") });
  await new Promise((resolve) => setImmediate(resolve));
  expect(flushed).toEqual(["first", "second", "later"]);
});
