import { expect, test } from "vitest";
import { ChunkQueue } from "./chunk-queue.ts";

test("counts bytes, and is empty once its chunks are taken", () => {
  const queue = new ChunkQueue();
  const chunks = [new Uint8Array(3), new Uint8Array(0), new Uint8Array(4)];
  for (const chunk of chunks) queue.push(chunk);
  expect(queue.length).toBe(7);
  expect(queue.take()).toEqual(chunks);
  expect([queue.length, queue.take()]).toEqual([0, []]);
  queue.push(chunks[0]!);
  expect([queue.length, queue.take()]).toEqual([3, [chunks[0]]]);
});
