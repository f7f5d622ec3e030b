import { expect, test } from "vitest";
import { bytes } from "../../test/support/wire.ts";
import { keepMessage } from "./message-memory.ts";

test("nobody can take a message's memory away from the others that share it", () => {
  const one = keepMessage(bytes(100), 0, 100);
  const other = keepMessage(bytes(200), 0, 200);
  expect(one.buffer).toBe(other.buffer);
  try {
    // Refused, or done by a copy: that depends on the version of Node
    structuredClone(one, { transfer: [one.buffer] });
  } catch (error) {
    expect(error).toMatchObject({ name: "DataCloneError" });
  }
  expect(Buffer.from(one).equals(Buffer.from(bytes(100)))).toBe(true);
  expect(Buffer.from(other).equals(Buffer.from(bytes(200)))).toBe(true);
});
