import { expect, test } from "vitest";
import { TopicQueue } from "./topic-queue.ts";

test("hands out in order what was put, to those who wait and to those who come later", async () => {
  const queue = new TopicQueue(10, () => {});
  const [first, second] = [queue.next(), queue.next()];
  for (const text of ["a", "", "c"]) queue.put(text);
  expect(await Promise.all([first, second, queue.next()])).toEqual(
    ["a", "", "c"].map((value) => ({ done: false, value })),
  );
});

test("drops the oldest when it is full, and counts", async () => {
  const queue = new TopicQueue(2, () => {});
  for (const text of ["a", "b", "c", "d"]) queue.put(text);
  expect(queue.dropped).toBe(2);
  queue.end();
  const taken: unknown[] = [];
  for await (const text of queue) taken.push(text);
  expect(taken).toEqual(["c", "d"]);
});

test("ends once, for all who wait", async () => {
  let ends = 0;
  const queue = new TopicQueue(2, () => void ends++);
  const waiting = [queue.next(), queue.next()];
  queue.end();
  queue.end();
  await queue.return();
  expect(await Promise.all(waiting)).toEqual(Array(2).fill({ done: true, value: undefined }));
  expect(await queue.next()).toEqual({ done: true, value: undefined });
  expect(ends).toBe(1);
});

test("what waits is dropped by leaving the loop", async () => {
  const queue = new TopicQueue(5, () => {});
  for (const text of ["a", "b"]) queue.put(text);
  for await (const _text of queue) break;
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});
