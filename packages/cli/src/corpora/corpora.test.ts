import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { CORPORA, corpus } from "./index.ts";

const names = CORPORA.map(({ name }) => name);

function digest(messages: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const message of messages) hash.update(`${message.length}:`).update(message);
  return hash.digest("hex").slice(0, 16);
}

test("there are at least eight kinds, and three of them are held out", () => {
  expect(CORPORA.length).toBeGreaterThanOrEqual(8);
  expect(CORPORA.filter(({ heldOut }) => heldOut).map(({ name }) => name)).toEqual([
    "graphql",
    "telemetry",
    "international-chat",
  ]);
});

test("the messages are the same on every machine and in every version", () => {
  const digests = Object.fromEntries(names.map((name) => [name, digest(corpus(name, 200))]));
  expect(digests).toMatchInlineSnapshot(`
    {
      "chat": "a2bfab8cb182b0ad",
      "code-events": "345f5eab2a74177f",
      "crdt": "739ce0335b7e7c1b",
      "cursors": "83cc25eca5f93b10",
      "game": "f02167152201f7ec",
      "graphql": "d361248948922d83",
      "html": "5c77236f7a81f725",
      "international-chat": "4d725ef7239d35e0",
      "json-rpc": "35b6c154730110c3",
      "logs": "c9299a067b787149",
      "telemetry": "c704d2612f4428aa",
      "ticks": "9c498df5777f0419",
    }
  `);
});

describe.each(names)("%s", (name) => {
  const messages = corpus(name, 400);

  test("a longer stream begins with the shorter one", () => {
    expect(digest(corpus(name, 500).slice(0, 400))).toBe(digest(messages));
  });

  test("another seed gives another stream", () => {
    expect(digest(corpus(name, 400, "other"))).not.toBe(digest(messages));
  });

  test("no message is empty, and nearly none comes twice", () => {
    expect(messages.every((message) => message.length > 0)).toBe(true);
    const distinct = new Set(messages.map((message) => Buffer.from(message).toString("latin1")));
    expect(distinct.size).toBeGreaterThan(messages.length * 0.75);
  });

  test("compresses as traffic does: neither noise nor one line again and again", () => {
    const whole = Buffer.concat(messages);
    const share = deflateRawSync(whole).length / whole.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.75);
  });
});

test("text kinds are UTF-8", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const text = corpus("international-chat", 50).map((message) => decoder.decode(message));
  expect(text.some((message) => /\p{Script=Hiragana}/u.test(message))).toBe(true);
  expect(text.some((message) => message.includes("ü"))).toBe(true);
});

test.each([
  ["an unknown kind", () => corpus("chatt", 1), "must be one of chat, ticks"],
  ["a count that is not whole", () => corpus("chat", 1.5), "got 1.5"],
  ["a count below 0", () => corpus("chat", -1), "got -1"],
])("%s is refused", (_name, call, text) => {
  expect(call).toThrow(text);
});
