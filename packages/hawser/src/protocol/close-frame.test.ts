import { describe, expect, test } from "vitest";
import { BROKEN_UTF8, CUT_UTF8, VALID_UTF8 } from "../../test/support/utf8-samples.ts";
import { bytes, concat, utf8 } from "../../test/support/wire.ts";
import { webTextCodec } from "../bytes/text-codec.ts";
import { checkClose, parseClose, serializeClose } from "./close-frame.ts";

const NORMAL = Uint8Array.of(0x03, 0xe8);

describe("a Close frame's payload", () => {
  test.each([
    ["none", 1005, "", new Uint8Array(0)],
    ["a code", 1000, "", NORMAL],
    ["a code and a reason", 1001, "bye", concat(Uint8Array.of(0x03, 0xe9), utf8("bye"))],
    ["the last code", 4999, "€", concat(Uint8Array.of(0x13, 0x87), utf8("€"))],
  ])("%s is read and written", (_name, code, reason, payload) => {
    expect(parseClose(payload, webTextCodec)).toEqual({ code, reason });
    expect(serializeClose({ code, reason }, webTextCodec)).toEqual(payload);
  });

  test.each(VALID_UTF8)("may have as its reason %s", (_name, octets) => {
    const reason = Buffer.from(octets).toString();
    expect(parseClose(concat(NORMAL, octets), webTextCodec)).toEqual({ code: 1000, reason });
  });

  test.each([...BROKEN_UTF8, ...CUT_UTF8])("must not have as its reason %s", (_name, octets) => {
    expect(parseClose(concat(NORMAL, octets), webTextCodec)).toMatchObject({ code: "UTF8_INVALID", closeCode: 1007 });
  });

  test("must not be a single byte", () => {
    expect(parseClose(bytes(1), webTextCodec)).toMatchObject({ code: "CLOSE_PAYLOAD_INVALID", closeCode: 1002 });
  });

  test("must not have a code that is reserved", () => {
    expect(parseClose(Uint8Array.of(0x03, 0xed), webTextCodec)).toEqual({
      code: "CLOSE_CODE_INVALID",
      closeCode: 1002,
      reason: "a Close frame carries a status code that must not be sent: 1005",
    });
  });
});

describe("the arguments of a close call", () => {
  test.each([
    [1000, ""],
    [1014, "x".repeat(123)],
    [3000, "€".repeat(41)],
    [4999, "bye"],
  ])("%i and %j are accepted", (code, reason) => {
    expect(() => checkClose(code, reason, webTextCodec)).not.toThrow();
  });

  test.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN])("the code %d is refused", (code) => {
    expect(() => checkClose(code, "", webTextCodec)).toThrow(
      new RangeError(
        `Cannot close: code must be 1000 to 1003, 1007 to 1014, or 3000 to 4999, the codes that may be sent; got ${code}`,
      ),
    );
  });

  test.each([
    ["x".repeat(124), 124],
    ["€".repeat(42), 126],
  ])("the reason %j is refused", (reason, length) => {
    expect(() => checkClose(1000, reason, webTextCodec)).toThrow(
      new RangeError(`Cannot close: reason must be at most 123 bytes of UTF-8, got ${length}`),
    );
  });
});

test.each([
  ["an array", new Uint8Array(4), "object"],
  ["a number", 4, "number"],
  ["null", null, "null"],
])("a reason that is %s is refused", (_name, reason, described) => {
  expect(() => checkClose(1000, reason as unknown as string, webTextCodec)).toThrow(
    new TypeError(`Cannot close: reason must be a string, got ${described}`),
  );
});
