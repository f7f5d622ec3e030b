import { expect, test } from "vitest";
import { READ_BUFFER, vectorUnit } from "./vector-memory.ts";

test("vectors are used wherever the tests do not ask for none", () => {
  expect(vectorUnit === undefined).toBe(process.env["HAWSER_TEST_WITHOUT_VECTORS"] !== undefined);
});

test("the read buffer is a plain array, and does not overlap what is masked apart", () => {
  expect(Object.getPrototypeOf(READ_BUFFER)).toBe(Uint8Array.prototype);
  if (vectorUnit === undefined) return;
  const { scratch, scratchStart } = vectorUnit;
  expect(READ_BUFFER.byteOffset).toBe(0);
  expect(scratch.byteOffset).toBe(scratchStart);
  expect(scratchStart).toBeGreaterThanOrEqual(READ_BUFFER.length);
});
