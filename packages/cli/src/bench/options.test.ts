import { describe, expect, test } from "vitest";
import { UsageError } from "../command.ts";
import { type BenchOptions, parseBenchOptions } from "./options.ts";

const URL = "ws://localhost:8080";

function parsed(...words: readonly string[]): BenchOptions {
  const options = parseBenchOptions([URL, ...words]);
  if (options === "help") throw new Error("These words ask for help");
  return options;
}

test("without options: 100 clients, as fast as answers come, for ten seconds", () => {
  expect(parsed()).toMatchObject({
    url: URL,
    mode: "echo",
    clients: 100,
    rate: null,
    ramp: 100,
    warmup: 2_000,
    duration: 10_000,
    source: { kind: "size", bytes: 125 },
    isBinary: false,
    thresholds: [],
    handshake: { isCompressed: false, headers: [], subprotocols: [], origin: undefined, isInsecure: false },
  });
});

test.each([
  [["--size", "16K"], { source: { kind: "size", bytes: 16_384 } }],
  [["--size", "feed.jsonl"], { source: { kind: "corpus", path: "feed.jsonl" } }],
  [["--message", "hello"], { source: { kind: "text", text: "hello" } }],
  [["--rate", "max"], { rate: null }],
  [["--rate", "0.5"], { rate: 0.5 }],
  [["--mode", "broadcast"], { mode: "broadcast", rate: 10 }],
  [["--clients", "5000", "--ramp", "500/s"], { ramp: 10_000 }],
  [["--ramp", "3s"], { ramp: 3_000 }],
  [["-c", "2", "-r", "1", "-d", "1m"], { clients: 2, rate: 1, duration: 60_000 }],
  [["--clients", "1", "--threads", "8"], { threads: 1 }],
  [["--mode", "churn", "--messages", "0"], { messagesPerOpening: 0 }],
])("%j", (words, expected) => {
  expect(parsed(...words)).toMatchObject(expected);
});

test("headers and subprotocols may stand several times, thresholds with commas too", () => {
  const { handshake, thresholds } = parsed(
    ...["--header", "a: 1", "--header", "b:2:3", "--subprotocol", "v2", "--subprotocol", "v1"],
    ...["--fail-if", "p99>50ms,errors>0", "--fail-if", "rate<1"],
  );
  expect(handshake).toMatchObject({
    headers: [
      ["a", "1"],
      ["b", "2:3"],
    ],
    subprotocols: ["v2", "v1"],
  });
  expect(thresholds.map(({ text }) => text)).toEqual(["p99>50ms", "errors>0", "rate<1"]);
});

test("asks for help", () => {
  expect(parseBenchOptions(["--help"])).toBe("help");
});

describe("refuses", () => {
  test.each([
    [[], "the address of the server must be given, such as ws://localhost:8080."],
    [["http://x"], "the address must begin with ws:// or wss://, got http://x."],
    [[URL, "ws://x"], "one address at a time, got ws://x after it."],
    [[URL, "--mode", "ecko"], "--mode must be one of echo, broadcast, churn, listen, got ecko. Did you mean echo?"],
    [[URL, "--text", "--binary"], "--text or --binary, not both."],
    [[URL, "--size", "1", "--message", "x"], "--message or --size, not both."],
    [[URL, "--header", "x"], '--header must be "Name: value", got "x".'],
    [[URL, "--messages", "3"], "--messages is for --mode churn."],
    [[URL, "--mode", "listen", "--rate", "1"], "--rate: with --mode listen nothing is sent."],
    [[URL, "--ramp", "fast/s"], "--ramp must be a number of at least 0.001, got fast."],
    [[URL, "--clents", "3"], "unknown option --clents. Did you mean --clients?"],
  ])("%j", (words, message) => {
    expect(() => parseBenchOptions(words)).toThrow(new UsageError(message));
  });

  test.each([
    ["--size", "5"],
    ["--size", "feed.jsonl"],
    ["--message", "hello"],
  ])("a broadcast without a place for the stamp: %s %s", (...words) => {
    expect(() => parseBenchOptions([URL, "--mode", "broadcast", ...words])).toThrow("--mode broadcast marks messages");
  });

  test("a broadcast as fast as possible", () => {
    expect(() => parseBenchOptions([URL, "--mode", "broadcast", "--rate", "max"])).toThrow("needs a --rate");
  });
});
