import { describe, expect, test } from "vitest";
import { UsageError } from "../command.ts";
import { closeText } from "./close-text.ts";
import { readEntry } from "./entry.ts";
import { parseConnectOptions } from "./options.ts";

describe("what is typed", () => {
  test.each([
    ["hello", { kind: "message", message: "hello" }],
    ["", { kind: "message", message: "" }],
    ["//etc", { kind: "message", message: "/etc" }],
    ["/ping", { kind: "ping", payload: "" }],
    ["/ping a b", { kind: "ping", payload: "a b" }],
    ["/binary 00 ff10", { kind: "message", message: Uint8Array.of(0, 255, 16) }],
    ["/binary", { kind: "message", message: new Uint8Array() }],
    ["/close", { kind: "close", code: undefined, reason: "" }],
    ["/close 4000 see you", { kind: "close", code: 4000, reason: "see you" }],
    ["/help", { kind: "help" }],
  ])("%j is %j", (line, entry) => {
    expect(readEntry(line)).toEqual(entry);
  });

  test.each([
    ["/binary 0", "/binary takes pairs of hexadecimal digits, such as 00ff10, got 0"],
    ["/binary xy", "/binary takes pairs of hexadecimal digits, such as 00ff10, got xy"],
    ["/close now", "/close takes a close code of four digits, got now"],
    ["/toString", "there is no command /toString; /help lists them, and //toString sends /toString as a message"],
  ])("%j is a mistake", (line, text) => {
    expect(readEntry(line)).toEqual({ kind: "mistake", text });
  });
});

describe("what is shown", () => {
  test.each([
    [1000, "", "1000 (OK)"],
    [1001, "", "1001 (going away)"],
    [1008, "token expired", "1008 (policy violation) token expired"],
    [1006, "", "1006 (connection lost)"],
    [2999, "", "2999 (unknown)"],
    [3000, "", "3000 (registered)"],
    [4999, "", "4999 (private use)"],
  ])("close code %d %j: %s", (code, reason, text) => {
    expect(closeText(code, reason)).toBe(text);
  });
});

describe("options", () => {
  test("become those of connect()", () => {
    const words = ["localhost:1", "-H", "A: b:c", "-H", "D:e", "-s", "v2", "-s", "v1", "--origin", "http://o", "-k"];
    const more = [
      "--no-compression",
      "--ping-interval",
      "0",
      "--no-proxy",
      "--open-timeout",
      "2.5",
      "--wait",
      "forever",
    ];
    const options = parseConnectOptions([...words, ...more]);
    expect(options).toMatchObject({ url: "ws://localhost:1", isInsecure: true, wait: Number.POSITIVE_INFINITY });
    expect(options).toHaveProperty("connect", {
      headers: [
        ["A", "b:c"],
        ["D", "e"],
      ],
      subprotocols: ["v2", "v1"],
      origin: "http://o",
      compression: false,
      tls: { rejectUnauthorized: false },
      proxy: null,
      maxSize: 67_108_864,
      openTimeout: 2_500,
      pingInterval: null,
    });
  });

  test.each([
    [[], "the URL must be given, such as ws://localhost:8765."],
    [["ws://a", "b"], "one URL can be given, got b after it."],
    [["ftp://a"], "the URL must begin with ws:// or wss://, got ftp://a."],
    [["ws://a", "-H", "nothing"], '--header must be "Name: value", got "nothing".'],
    [["ws://a", "--cert", "c.pem"], "--cert and --key go together."],
    [["ws://a", "--proxy", "http://p", "--no-proxy"], "--proxy and --no-proxy exclude each other."],
    [["ws://a", "--wait", "long"], "--wait must be a time such as 500ms, 10s or 2m, got long."],
  ])("%j: %s", (words, text) => {
    expect(() => parseConnectOptions(words)).toThrow(new UsageError(text));
  });

  test("a file that is not there is named", () => {
    expect(() => parseConnectOptions(["wss://a", "--ca", "/no/such.pem"])).toThrow("--ca cannot be read: ENOENT");
  });
});
