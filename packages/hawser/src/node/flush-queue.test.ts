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

test("one that throws keeps back none of those behind it", async () => {
  const flushed: string[] = [];
  const uncaught = new Promise<unknown>((resolve) => {
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => {
      for (const listener of others) process.on("uncaughtException", listener);
      resolve(error);
    });
  });
  flushLater({ flush: () => void flushed.push("first") });
  flushLater({
    flush() {
      throw new Error("as a stream of the application's may");
    },
  });
  flushLater({ flush: () => void flushed.push("last") });
  await expect(uncaught).resolves.toMatchObject({ message: "as a stream of the application's may" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(flushed).toEqual(["first", "last"]);
});
