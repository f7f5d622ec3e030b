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
  expect(CORPORA.filter(({ heldOut }) => heldOut).map(({ name }) => name)).toEqual(["orders", "machines", "mail"]);
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
      "machines": "dadde571f3289771",
      "mail": "345c9c385aa5810c",
      "orders": "068ef7648fdbe971",
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

test("orders have the length and the sum of their bytes that FIX asks for", () => {
  for (const message of corpus("orders", 50)) {
    const text = Buffer.from(message).toString("latin1").replaceAll("\u0001", "|");
    const [, length, body, sum] = /^8=FIX\.4\.4\|9=(\d+)\|(.*)10=(\d{3})\|$/s.exec(text)!;
    expect(body).toHaveLength(Number(length));
    expect(message.subarray(0, -7).reduce((total, byte) => total + byte, 0) % 256).toBe(Number(sum));
  }
});

test("machines send one MessagePack map each", () => {
  for (const message of corpus("machines", 200)) {
    const view = new DataView(message.buffer, message.byteOffset, message.length);
    expect(endOfValue(view, 0)).toBe(message.length);
    expect(view.getUint8(0) >> 4).toBe(8);
  }
});

test("mail has header lines of its own, an empty line, and lines that are not too long", () => {
  for (const message of corpus("mail", 100)) {
    const text = Buffer.from(message).toString("latin1");
    const [head, ...body] = text.split("\r\n\r\n");
    expect(head!.split("\r\n").every((line) => /^[A-Z][\w-]*: ./.test(line))).toBe(true);
    expect(body.length).toBeGreaterThan(0);
    expect(Math.max(...text.split("\r\n").map((line) => line.length))).toBeLessThan(998);
  }
});

/** Where a MessagePack value ends, of the forms that are used. */
function endOfValue(view: DataView, at: number): number {
  const first = view.getUint8(at);
  if (first < 0x80 || first >= 0xe0 || [0xc0, 0xc2, 0xc3].includes(first)) return at + 1;
  if (first < 0xa0) return endOfValues(view, at + 1, first < 0x90 ? (first & 15) * 2 : first & 15);
  if (first < 0xc0) return at + 1 + (first & 31);
  if (first === 0xd9) return at + 2 + view.getUint8(at + 1);
  const sizes: Record<number, number> = { 202: 4, 204: 1, 205: 2, 206: 4, 207: 8, 208: 1, 209: 2, 210: 4 };
  return at + 1 + sizes[first]!;
}

function endOfValues(view: DataView, at: number, count: number): number {
  let end = at;
  for (let rest = count; rest > 0; rest--) end = endOfValue(view, end);
  return end;
}

test.each([
  ["an unknown kind", () => corpus("chatt", 1), "must be one of chat, ticks"],
  ["a count that is not whole", () => corpus("chat", 1.5), "got 1.5"],
  ["a count below 0", () => corpus("chat", -1), "got -1"],
])("%s is refused", (_name, call, text) => {
  expect(call).toThrow(text);
});
