import { describe, expect, test } from "vitest";
import { applyMask, closePayload, DEFAULT_MASKING_KEY, encodeFrame, encodeWire, readFrame } from "./frame.ts";

function hex(bytes: string): Buffer {
  return Buffer.from(bytes.replaceAll(" ", ""), "hex");
}

describe("the examples of RFC 6455, section 5.7", () => {
  const hello = Buffer.from("Hello");

  test.each([
    ["an unmasked text frame", encodeFrame({ opcode: 1, payload: hello }, "server"), "81 05 48 65 6c 6c 6f"],
    ["a masked text frame", encodeFrame({ opcode: 1, payload: hello }, "client"), "81 85 37 fa 21 3d 7f 9f 4d 51 58"],
    [
      "a first fragment",
      encodeFrame({ opcode: 1, fin: false, payload: Buffer.from("Hel") }, "server"),
      "01 03 48 65 6c",
    ],
    ["a last fragment", encodeFrame({ opcode: 0, payload: Buffer.from("lo") }, "server"), "80 02 6c 6f"],
    ["an unmasked ping", encodeFrame({ opcode: 9, payload: hello }, "server"), "89 05 48 65 6c 6c 6f"],
    ["a masked pong", encodeFrame({ opcode: 10, payload: hello }, "client"), "8a 85 37 fa 21 3d 7f 9f 4d 51 58"],
  ])("%s", (_name, bytes, expected) => {
    expect(bytes).toEqual(hex(expected));
  });

  test("256 bytes have a length of two bytes", () => {
    const bytes = encodeFrame({ opcode: 2, payload: Buffer.alloc(256) }, "server");
    expect(bytes.subarray(0, 4)).toEqual(hex("82 7e 01 00"));
  });

  test("64 KiB have a length of eight bytes", () => {
    const bytes = encodeFrame({ opcode: 2, payload: Buffer.alloc(65_536) }, "server");
    expect(bytes.subarray(0, 10)).toEqual(hex("82 7f 00 00 00 00 00 01 00 00"));
  });
});

describe("the writer breaks the rules it is told to break", () => {
  test.each([
    ["reserved bits", { opcode: 1, rsv: 5 }, "d1 00"],
    ["a reserved opcode", { opcode: 0xf }, "8f 00"],
    ["a mask from a server", { opcode: 1, masked: true }, "81 80 37 fa 21 3d"],
    ["a length that is not minimal", { opcode: 1, lengthBytes: 2, payload: hex("61") }, "81 7e 00 01 61"],
    ["an announced length of 2^64 - 1", { opcode: 1, announced: 2n ** 64n - 1n }, "81 7f ff ff ff ff ff ff ff ff"],
  ] as const)("%s", (_name, frame, expected) => {
    expect(encodeFrame(frame, "server")).toEqual(hex(expected));
  });

  test("bytes go through as they are, in order", () => {
    expect(encodeWire([{ opcode: 9 }, hex("ff"), { opcode: 10 }], "server")).toEqual(hex("89 00 ff 8a 00"));
  });
});

describe("the reader", () => {
  test.each([0, 1, 125, 126, 65_535, 65_536])("reads back a masked frame of %d bytes", (length) => {
    const payload = Buffer.alloc(length, "payload");
    const bytes = encodeFrame({ opcode: 2, payload }, "client");
    const read = readFrame(Buffer.concat([bytes, hex("00")]));
    expect(read?.size).toBe(bytes.length);
    expect(read?.frame.payload.equals(payload)).toBe(true);
    expect(read?.frame).toMatchObject({ opcode: 2, fin: true, rsv: 0, isMinimal: true });
    expect(read?.frame.maskingKey).toEqual(Buffer.from(DEFAULT_MASKING_KEY));
  });

  test.each([5, 200, 66_000])("waits for every byte of a frame of %d bytes", (length) => {
    const bytes = encodeFrame({ opcode: 2, payload: Buffer.alloc(length) }, "client");
    for (let size = 0; size < Math.min(bytes.length, 20); size++)
      expect(readFrame(bytes.subarray(0, size))).toBeUndefined();
    expect(readFrame(bytes.subarray(0, -1))).toBeUndefined();
  });

  test.each([
    [5, 2],
    [125, 8],
    [65_535, 8],
  ] as const)("sees that %d in %d bytes is not minimal", (length, lengthBytes) => {
    const bytes = encodeFrame({ opcode: 2, lengthBytes, payload: Buffer.alloc(length) }, "server");
    expect(readFrame(bytes)?.frame.isMinimal).toBe(false);
  });

  test("sees reserved bits, a missing FIN and a missing mask", () => {
    expect(readFrame(hex("71 00"))?.frame).toMatchObject({ rsv: 7, fin: false, opcode: 1, maskingKey: undefined });
  });
});

test("masking twice gives the original", () => {
  const payload = Buffer.from("seven b");
  expect(applyMask(applyMask(payload, DEFAULT_MASKING_KEY), DEFAULT_MASKING_KEY)).toEqual(payload);
});

test("a Close frame's payload is the code and the reason", () => {
  expect(closePayload(1000, "bye")).toEqual(hex("03 e8 62 79 65"));
});
