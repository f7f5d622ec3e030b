import { expect, test } from "vitest";
import { bytes, concat } from "../../test/support/wire.ts";
import { GatheredOutput } from "./frame-output.ts";

test("makes room, keeps what was written, and hands it out once", () => {
  const output = new GatheredOutput();
  output.append(bytes(3));
  const before = output.bytes;
  output.reserve(100);
  expect(output.bytes).toBe(before);
  output.reserve(10_000);
  expect(output.bytes.length).toBeGreaterThanOrEqual(10_003);
  output.bytes[output.end++] = 7;
  output.append(bytes(5_000));
  const taken = output.take();
  expect(taken).toEqual(concat(bytes(3), Uint8Array.of(7), bytes(5_000)));
  expect(output.take()).toEqual(new Uint8Array(0));
  output.append(bytes(9));
  expect(taken.subarray(0, 3)).toEqual(bytes(3));
});

test("is not congested", () => {
  expect(new GatheredOutput().isCongested).toBe(false);
});
