import { describe, expect, test } from "vitest";
import "../../test/support/equal-bytes.ts";
import { bytes } from "../../test/support/wire.ts";
import { ControlFrame } from "./control-frame.ts";
import { Opcode } from "./opcode.ts";

describe.each([[[5]], [[0]], [[2, 3]], [[1, 1, 1, 2]], [[0, 5, 0]]])("pieces of %j", (lengths) => {
  test("make one payload, whatever becomes of those before the last", () => {
    const frame = new ControlFrame(Opcode.PING);
    let at = 0;
    let payload: Uint8Array | undefined;
    for (const [index, length] of lengths.entries()) {
      const piece = bytes(5).slice(at, at + length);
      const isLast = index === lengths.length - 1;
      payload = frame.add(piece, isLast);
      if (!isLast) expect(payload).toBeUndefined();
      if (!isLast) piece.fill(0xee);
      at += length;
    }
    expect(payload).toEqual(bytes(at));
    expect(frame.opcode).toBe(Opcode.PING);
  });
});
