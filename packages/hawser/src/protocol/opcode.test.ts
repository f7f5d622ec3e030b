import { expect, test } from "vitest";
import { isControl, isKnownOpcode } from "./opcode.ts";

test("of the sixteen opcodes six are known, and those from 8 on are control frames", () => {
  const opcodes = [...Array(16).keys()];
  expect(opcodes.filter(isKnownOpcode)).toEqual([0x0, 0x1, 0x2, 0x8, 0x9, 0xa]);
  expect(opcodes.filter(isControl)).toEqual([0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf]);
});
