import { describe, expect, test } from "vitest";
import { Opcode } from "../protocol/opcode.ts";
import { isFragments, opcodeOf, toBytes } from "./data.ts";

const MEMORY = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]).buffer;

describe("isFragments", () => {
  test.each([
    ["a list", [], true],
    ["a set", new Set(["x"]), true],
    ["a generator", (function* () {})(), true],
    ["an async generator", (async function* () {})(), true],
    ["a string", "text", false],
    ["bytes", new Uint8Array(2), false],
    ["a buffer", Buffer.from("x"), false],
    ["memory", MEMORY, false],
    ["null", null, false],
    ["a number", 5, false],
    ["an object", {}, false],
  ])("%s", (_name, data, expected) => {
    expect(isFragments(data)).toBe(expected);
  });
});

test.each([
  ["text", "x", undefined, Opcode.TEXT],
  ["bytes", new Uint8Array(1), undefined, Opcode.BINARY],
  ["text as bytes", "x", { text: false }, Opcode.BINARY],
  ["bytes as text", new Uint8Array(1), { text: true }, Opcode.TEXT],
  ["no wish", "x", { compress: true }, Opcode.TEXT],
] as const)("opcodeOf %s", (_name, data, options, opcode) => {
  expect(opcodeOf(data, options)).toBe(opcode);
});

describe("toBytes", () => {
  test.each([
    ["text", "é", [0xc3, 0xa9]],
    ["an unpaired surrogate", "\ud800", [0xef, 0xbf, 0xbd]],
    ["exactly what a view covers", new Uint8Array(MEMORY, 2, 3), [2, 3, 4]],
    ["exactly what a wider view covers", new Uint16Array(MEMORY, 2, 1), [2, 3]],
    ["a DataView", new DataView(MEMORY, 6), [6, 7]],
    ["memory", MEMORY, [0, 1, 2, 3, 4, 5, 6, 7]],
    ["shared memory", new SharedArrayBuffer(2), [0, 0]],
  ])("%s", (_name, data, bytes) => {
    expect([...toBytes("send", data)]).toEqual(bytes);
  });

  test("copies nothing", () => {
    expect(toBytes("send", new DataView(MEMORY, 1)).buffer).toBe(MEMORY);
  });

  test.each([
    [undefined, "undefined"],
    [null, "null"],
    [5, "number 5"],
    [{}, "Object"],
    [Object.create(null), "an object"],
    [new Date(), "Date"],
  ])("refuses %s", (data, shown) => {
    const message = `Cannot send: data must be a string, an ArrayBuffer or a view of one, got ${shown}`;
    expect(() => toBytes("send", data as never)).toThrow(new TypeError(message));
  });

  test("refuses bytes as text that are not UTF-8", () => {
    const refused = () => toBytes("send", new Uint8Array([0xc3]), Opcode.TEXT);
    expect(refused).toThrow(new TypeError("Cannot send: bytes sent as text must be valid UTF-8"));
    expect(toBytes("send", new Uint8Array([0xc3, 0xa9]), Opcode.TEXT)).toHaveLength(2);
  });
});
