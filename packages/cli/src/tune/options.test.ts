import { describe, expect, test } from "vitest";
import { UsageError } from "../command.ts";
import { parseTuneOptions, type TuneOptions } from "./options.ts";

const parse = (...words: readonly string[]) => parseTuneOptions(words) as TuneOptions;

describe("where the messages come from", () => {
  test.each([
    [["feed.jsonl"], { kind: "files", path: "feed.jsonl" }],
    [["--sample", "chat"], { kind: "sample", name: "chat" }],
    [["--git-log", "."], { kind: "gitLog", repository: "." }],
    [["--record", "ws://x"], { kind: "record", url: "ws://x", seconds: Infinity, output: "corpus.jsonl" }],
    [
      ["--record", "WSS://x", "--seconds", "0.5", "-o", "a.jsonl"],
      { kind: "record", url: "WSS://x", seconds: 0.5, output: "a.jsonl" },
    ],
  ])("%j", (words, source) => {
    expect(parse(...words).source).toEqual(source);
  });

  test.each([
    [[], "which messages?"],
    [["a.jsonl", "b.jsonl"], "one corpus at a time, got a.jsonl and b.jsonl."],
    [["a.jsonl", "--sample", "chat"], "one corpus at a time, got a.jsonl and --sample chat."],
    [["--sample", "chatt"], "got chatt. Did you mean chat?"],
    [["--record", "http://x"], "--record needs an address that begins with ws:// or wss://, got http://x."],
    [["a.jsonl", "--seconds", "3"], "--seconds goes with --record."],
    [["a.jsonl", "--output", "b.jsonl"], "--output writes the corpus of --sample"],
    [["--sample", "chat", "-o", "b.jsonl", "--json"], "a corpus is written now, and measured by a second run"],
    [["--record", "ws://x", "--html", "x.html"], "a corpus is written now"],
    [["--record", "ws://x", "--seconds", "0"], "--seconds must be a number of at least 0.1, got 0."],
    [["a.jsonl", "--connections", "5"], "--connections must be a whole number from 10 to 20000, got 5."],
    [["a.jsonl", "--htlm", "x"], "unknown option --htlm. Did you mean --html?"],
  ])("%j is refused", (words, text) => {
    expect(() => parse(...words)).toThrow(UsageError);
    expect(() => parse(...words)).toThrow(text);
  });
});

describe("how much is measured", () => {
  test("by default, enough for figures", () => {
    const { messages, plan } = parse("a.jsonl");
    expect(messages).toBe(1_000);
    expect(plan).toMatchObject({ isQuick: false, rounds: 3, connections: 1_000, exchange: 20, rate: 10_000 });
    expect(plan.levels).toHaveLength(9);
  });

  test("less with --quick; numbers on the command line count in both", () => {
    const { messages, plan } = parse(
      "a.jsonl",
      "--quick",
      "--connections",
      "50",
      "--messages",
      "20",
      "--rate",
      "1,000",
    );
    expect(messages).toBe(20);
    expect(plan).toMatchObject({ isQuick: true, rounds: 1, levels: [1, 6, 9], connections: 50, rate: 1_000 });
  });

  test("a recording has no limit but those that are given", () => {
    expect(parse("--record", "ws://x").messages).toBe(Infinity);
    expect(parse("--record", "ws://x", "--messages", "5").messages).toBe(5);
  });
});

test("help is help whatever stands beside it", () => {
  expect(parseTuneOptions(["a.jsonl", "b.jsonl", "--help"])).toBe("help");
});
