import { expect, test } from "vitest";
import { checkSubprotocols, parseSubprotocols, serializeSubprotocols } from "./subprotocol.ts";

test.each([
  [undefined, []],
  ["chat", ["chat"]],
  ["chat, Superchat,v1.json", ["chat", "Superchat", "v1.json"]],
  ["constructor, __proto__", ["constructor", "__proto__"]],
])("the header %j offers %j", (text, expected) => {
  expect(parseSubprotocols(text)).toEqual(expected);
});

test.each(["", ",", "a b", "chat;v=1", "chat, chat", "ch\u00e4t", '"chat"'])("the header %j is malformed", (text) => {
  expect(parseSubprotocols(text)).toMatchObject({
    code: "SUBPROTOCOLS_MALFORMED",
    status: 400,
    text: expect.stringContaining("; got "),
  });
});

test("a list is written with commas", () => {
  expect(serializeSubprotocols(["a", "b"])).toBe("a, b");
});

test("a list of distinct tokens passes, copied", () => {
  const list = ["b", "a"];
  expect(checkSubprotocols("serve", list)).toEqual(list);
  expect(checkSubprotocols("serve", list)).not.toBe(list);
});

test.each([
  ["chat", 'Cannot serve: subprotocols must be a list of names, got "chat"'],
  [null, "Cannot serve: subprotocols must be a list of names, got null"],
  [["a", "b c"], 'Cannot serve: subprotocols must be tokens, got "b c"'],
  [["a", ""], 'Cannot serve: subprotocols must be tokens, got ""'],
  [["a", 1], "Cannot serve: subprotocols must be tokens, got 1"],
  [["a", "a"], 'Cannot serve: subprotocols must be distinct, got "a"'],
])("%j is refused", (list, message) => {
  expect(() => checkSubprotocols("serve", list)).toThrow(new TypeError(message));
});
