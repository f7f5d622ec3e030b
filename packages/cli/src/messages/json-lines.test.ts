import { describe, expect, test } from "vitest";
import { lineOf, linesOf, messageOf } from "./json-lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (line: string) => messageOf(bytes(line), "feed.jsonl:7");

describe("a line is a message", () => {
  test.each([
    ["a JSON string is its text", '"Gr\\u00fc\\u00dfe\\n"', "Grüße\n"],
    ["an object is the line itself", '{"b":1, "a":2}', '{"b":1, "a":2}'],
    ["a number, too", "42", "42"],
    ["and an array", '["base64","AAE="]', '["base64","AAE="]'],
    ["spaces around it are not part of it", ' {"a":1}\r', '{"a":1}'],
    ["base64 beside another key is the application's own", '{"base64":"AAE=","b":1}', '{"base64":"AAE=","b":1}'],
    ["what is not base64 is, too", '{"base64":"a message"}', '{"base64":"a message"}'],
    ["an empty string is an empty message", '""', ""],
  ])("%s", (_name, line, text) => {
    expect(new TextDecoder().decode(read(line))).toBe(text);
  });

  test("base64 alone is bytes", () => {
    expect([...read('{"base64":"AP/+"}')!]).toEqual([0, 255, 254]);
  });

  test("a blank line is none", () => {
    expect(read("  \r")).toBeUndefined();
  });

  test.each([
    ["not JSON", bytes("hello"), /^feed\.jsonl:7: not JSON: .*Text stands in quotes\.$/],
    ["cut off", bytes('{"a":'), /^feed\.jsonl:7: not JSON/],
    ["not UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /^feed\.jsonl:7: not UTF-8/],
  ])("%s: the error names the line", (_name, line, message) => {
    expect(() => messageOf(line, "feed.jsonl:7")).toThrow(message);
  });
});

test.each([
  ["plain text", '"plain text"'],
  ["Grüße\n", '"Grüße\\n"'],
  ['{"a":1, "b":[]}', '{"a":1, "b":[]}'],
  ['{"a":\n1}', '"{\\"a\\":\\n1}"'],
  [' {"a":1}', '" {\\"a\\":1}"'],
  ['"quoted"', '"\\"quoted\\""'],
  ['{"base64":"AAE="}', '"{\\"base64\\":\\"AAE=\\"}"'],
  ["", '""'],
  [Uint8Array.of(0, 255, 10, 13), '{"base64":"AP8KDQ=="}'],
])("%j is written as %s, and read back", (message, written) => {
  const line = lineOf(message);
  expect(line).toBe(`${written}\n`);
  const expected = typeof message === "string" ? bytes(message) : message;
  expect(Buffer.from(read(line)!).equals(expected)).toBe(true);
});

describe("lines are cut at line feeds alone", () => {
  async function cut(...pieces: readonly string[]): Promise<string[]> {
    async function* feed() {
      for (const piece of pieces) yield bytes(piece);
    }
    const lines: string[] = [];
    for await (const line of linesOf(feed())) lines.push(new TextDecoder().decode(line));
    return lines;
  }

  test.each([
    ["one piece", ["a\nb\n"], ["a", "b"]],
    ["a line in three pieces", ["a", "b", "c\nd"], ["abc", "d"]],
    ["blank lines", ["\n\na"], ["", "", "a"]],
    ["no line feed at the end", ["a\nb"], ["a", "b"]],
    ["a separator of paragraphs within a line", ["a\u2028b\n"], ["a\u2028b"]],
    ["nothing", [], []],
  ])("%s", async (_name, pieces, lines) => {
    expect(await cut(...pieces)).toEqual(lines);
  });
});
