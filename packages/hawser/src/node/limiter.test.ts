import { expect, test } from "vitest";
import { begun, settled, type Task } from "../../test/support/later-extension.ts";
import { Limiter } from "./limiter.ts";

const NOTHING = new Uint8Array(0);

test("runs so many tasks at once and the others in order, whatever becomes of those before them", async () => {
  const limiter = new Limiter(2);
  const tasks: Task<number>[] = [];
  const results = Array.from({ length: 5 }, () => limiter.run(() => begun(tasks, NOTHING)));
  await settled();
  expect(tasks).toHaveLength(2);
  tasks[1]!.finish(1);
  await expect(results[1]).resolves.toBe(1);
  await settled();
  expect(tasks).toHaveLength(3);
  const failed = new Error("no memory");
  tasks[2]!.fail(failed);
  await expect(results[2]).rejects.toBe(failed);
  tasks[0]!.finish(0);
  await settled();
  expect(tasks).toHaveLength(5);
  tasks[4]!.finish(4);
  tasks[3]!.finish(3);
  await expect(Promise.all([results[0], results[3], results[4]])).resolves.toEqual([0, 3, 4]);
  void limiter.run(() => begun(tasks, NOTHING));
  await settled();
  expect(tasks).toHaveLength(6);
});

test("a task that fails before it has begun leaves its place too", async () => {
  const limiter = new Limiter(1);
  const throwing = () => {
    throw new RangeError("no such setting");
  };
  await expect(limiter.run(throwing)).rejects.toThrow(RangeError);
  await expect(limiter.run(async () => "next")).resolves.toBe("next");
});
