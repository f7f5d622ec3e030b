import { describe, expect, test } from "vitest";
import { Opcode } from "../protocol/opcode.ts";
import type { Data, SendOptions } from "./data.ts";
import { FragmentEncoder } from "./fragment-encoder.ts";

function encode(fragments: readonly Data[], options?: SendOptions): string[] {
  const encoder = new FragmentEncoder(options);
  const payloads = fragments.map((fragment) => encoder.encode(fragment));
  return [...payloads, encoder.finish()].map((payload) => Buffer.from(payload).toString());
}

describe("FragmentEncoder", () => {
  test.each([
    ["strings", ["a", "é"], ["a", "é", ""]],
    ["bytes", [Buffer.from("a"), Buffer.from("b")], ["a", "b", ""]],
    ["nothing", [], [""]],
    ["a character cut in two", ["a\ud83d", "\ude00b"], ["a", "\u{1f600}b", ""]],
    ["a character cut around an empty string", ["\ud83d", "", "\ude00"], ["", "", "\u{1f600}", ""]],
    ["two high surrogates", ["\ud83d", "\ud83d\ude00"], ["", "\ufffd\u{1f600}", ""]],
    ["a high surrogate at the end", ["a\ud83d"], ["a", "\ufffd"]],
    ["a low surrogate alone", ["\ude00"], ["\ufffd", ""]],
  ])("%s", (_name, fragments, payloads) => {
    expect(encode(fragments)).toEqual(payloads);
  });

  test.each([
    ["by its first fragment: text", "x", undefined, Opcode.TEXT],
    ["by its first fragment: bytes", new Uint8Array(1), undefined, Opcode.BINARY],
    ["by the caller: text", new Uint8Array(1), { text: true }, Opcode.TEXT],
    ["by the caller: bytes", "x", { text: false }, Opcode.BINARY],
  ] as const)("the message's type is decided %s", (_name, first, options, opcode) => {
    const encoder = new FragmentEncoder(options);
    expect(encoder.hasBegun).toBe(false);
    encoder.encode(first);
    expect(encoder.hasBegun).toBe(true);
    expect(encoder.opcode).toBe(opcode);
  });

  test.each<[string, Data[]]>([
    ["bytes after strings", ["a", new Uint8Array(1)]],
    ["strings after bytes", [new Uint8Array(1), "a"]],
  ])("%s are refused", (_name, fragments) => {
    expect(() => encode(fragments)).toThrow("its fragments must be all strings or all bytes");
  });

  test("what is neither is refused", () => {
    expect(() => encode([5 as never])).toThrow("Cannot send a fragment: data must be a string");
  });
});
