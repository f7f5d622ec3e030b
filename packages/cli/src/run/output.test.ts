import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { Output } from "./output.ts";

const noReader = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });

test("a slow reader: everybody who waits goes on once it has drained", () => {
  const taken: (() => void)[] = [];
  const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void taken.push(done) });
  const output = new Output(stream);
  expect(output.write("a line\n")).toBe(false);
  const resumed: number[] = [];
  for (const worker of [1, 2]) output.whenReady(() => void resumed.push(worker));
  expect(resumed).toEqual([]);
  taken[0]!();
  expect(resumed).toEqual([1, 2]);
});

test("no reader: it is an error of nobody's, and nobody waits", async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(noReader) });
  stream.on("error", (error) => {
    throw error;
  });
  const output = new Output(stream);
  expect(output.write("a line\n")).toBe(false);
  await new Promise<void>((resolve) => output.whenReady(resolve));
  expect(output.write("another\n")).toBe(true);
});

test("a full disk: neither", () => {
  const full = () => {
    throw Object.assign(new Error("write ENOSPC"), { code: "ENOSPC" });
  };
  const stream = Object.assign(new Writable(), { write: full });
  expect(new Output(stream).write("a line\n")).toBe(true);
});
