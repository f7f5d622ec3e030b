import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/folder.ts";
import { CommandError } from "../command.ts";
import { checkCorpus } from "../tune/sources/corpus.ts";
import { readFiles } from "./files.ts";

const text = (messages: readonly Uint8Array[]) => messages.map((message) => Buffer.from(message).toString("utf8"));

describe("a directory has one message a file", () => {
  test("in the order of numbers in their names; hidden files and folders are left out", async () => {
    const folder = temporaryFolder();
    for (const name of ["10.json", "2.json", "1.json", ".hidden"]) writeFileSync(join(folder, name), name);
    mkdirSync(join(folder, "older"));
    const { messages, hasMore, source } = await readFiles(folder, 10);
    expect(text(messages)).toEqual(["1.json", "2.json", "10.json"]);
    expect({ hasMore, source }).toEqual({ hasMore: false, source: folder });
  });

  test("bytes stay bytes", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.bin"), Uint8Array.of(0, 255, 128));
    expect((await readFiles(folder, 10)).messages.map((message) => [...message])).toEqual([[0, 255, 128]]);
  });

  test("no files is an error", async () => {
    const folder = temporaryFolder();
    await expect(readFiles(folder, 10)).rejects.toThrow("has no files: one message a file is expected");
  });
});

describe.each(["jsonl", "ndjson", "JSONL"])("a .%s file has one message a line", (extension) => {
  function file(content: string): string {
    const path = join(temporaryFolder(), `feed.${extension}`);
    writeFileSync(path, content);
    return path;
  }

  test("blank lines are left out, and the last needs no end", async () => {
    const { messages } = await readFiles(file('"a"\n\n{"b":1}\n{"base64":"AAE="}'), 10);
    expect(messages.map((message) => [...message])).toEqual([[97], [...Buffer.from('{"b":1}')], [0, 1]]);
  });

  test("a bad line is an error with its number", async () => {
    const reading = readFiles(file('"a"\n\n{"b":\n"c"\n'), 10);
    await expect(reading).rejects.toThrow(CommandError);
    await expect(reading).rejects.toThrow(`feed.${extension}:3: not JSON`);
  });

  test("no more than so many are taken, and lines behind them are not read", async () => {
    const { messages, hasMore } = await readFiles(file('"a"\n"b"\n"c"\nnot JSON\n'), 2);
    expect([text(messages), hasMore]).toEqual([["a", "b"], true]);
  });
});

test.each([
  ["what does not exist", "missing.jsonl", "there is no such file or directory"],
  ["another kind of file", "feed.txt", "a corpus is a directory, or a file that ends with .jsonl or .ndjson"],
])("%s is refused", async (_name, name, message) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "feed.txt"), "a");
  await expect(readFiles(join(folder, name), 10)).rejects.toThrow(message);
});

describe("what is checked", () => {
  const message = (size: number, fill = size) => new Uint8Array(size).fill(fill);
  const many = Array.from({ length: 200 }, (_, index) => message(20 + index));
  const check = (messages: readonly Uint8Array[], hasMore = false) => {
    return checkCorpus({ source: "feed", messages, hasMore });
  };

  test("count and sizes, without empty messages", () => {
    const { messages, summary } = check([...many, message(0)]);
    expect(messages).toHaveLength(200);
    const sizes = { smallest: 20, median: 120, average: 119.5, largest: 219, bytes: 23_900, count: 200 };
    expect(summary).toEqual({ ...sizes, warnings: ["1 empty message left out."] });
  });

  test.each([
    ["few messages", many.slice(50, 62), "Only 12 messages: the figures are rough. Better are 1,000 or more."],
    [
      "one message again and again",
      Array.from({ length: 200 }, () => message(90)),
      "Only 1 of 200 messages are distinct",
    ],
    [
      "many short messages",
      [...many, ...many.slice(0, 12), ...many.slice(0, 12), ...many.slice(0, 12)],
      "48 messages below 32 bytes",
    ],
    ["a large message", [...many, message(70_000)], "1 message of 64 KiB or more"],
  ])("%s: a warning", (_name, messages, warning) => {
    expect(check(messages).summary.warnings).toEqual([expect.stringContaining(warning)]);
  });

  test("messages that were not taken: a warning", () => {
    expect(check(many, true).summary.warnings).toEqual(["The first 200 messages only; --messages takes more."]);
  });

  test.each([[[]], [[message(0)]]])("nothing to measure is an error", (messages) => {
    expect(() => check(messages)).toThrow("feed has no message that is not empty");
  });
});
