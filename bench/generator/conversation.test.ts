import { constants, createInflateRaw, type InflateRaw } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { WindowSetting } from "../workloads/compression.ts";
import { conversationsOf } from "./conversation.ts";
import { AnswerBook, makeAnswers, makeRequests, SCRIPTS } from "./documents.ts";
import { buildFrame, compressInTurn, TEXT } from "./frame.ts";
import { answerRequest, buildRequest, checkResponse } from "./handshake.ts";
import { ParsedReplyReader, ReplyHistory } from "./parsed-reply-reader.ts";
import { makePayloads } from "./payload.ts";
import type { EchoPlan } from "./plan.ts";
import { unmaskFrames } from "./test-server.ts";

const SETTINGS: readonly WindowSetting[] = [
  { windowBits: 9, memLevel: 2 },
  { windowBits: 12, memLevel: 5 },
  { windowBits: 15, memLevel: 8 },
];
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

/** A peer with one continuous context. */
function continuousPeer(windowBits: number): (data: Uint8Array) => Promise<Buffer> {
  const inflater: InflateRaw = createInflateRaw({ windowBits, flush: constants.Z_SYNC_FLUSH });
  const chunks: Buffer[] = [];
  let fail: (error: Error) => void = () => {};
  inflater.on("data", (chunk: Buffer) => chunks.push(chunk));
  inflater.on("error", (error) => fail(error));
  return (data) =>
    new Promise((resolve, reject) => {
      fail = reject;
      inflater.write(Buffer.concat([data, TAIL]));
      inflater.flush(() => resolve(Buffer.concat(chunks.splice(0))));
    });
}

function plan(compression: WindowSetting, changes: Partial<EchoPlan> = {}): EchoPlan {
  return {
    kind: "echo",
    port: 1,
    connections: 1,
    window: 1,
    payload: "json",
    size: 170,
    compression,
    replies: "echo",
    answersPings: false,
    ...changes,
  };
}

describe.each(SETTINGS)("windows of $windowBits bits", (setting) => {
  test("an echo's clients fill the window, then refer to what went before, cycle after cycle", async () => {
    const { leadIn, main } = conversationsOf(plan(setting))(7);
    const inflate = continuousPeer(setting.windowBits);
    const payloads = makePayloads("json", 170);
    const filling = await inflate(unmasked(leadIn!.ribbon.slice(0, 1)));
    expect(filling.length).toBeGreaterThanOrEqual(1 << setting.windowBits);
    for (let index = 0; index < payloads.length * 2 + 9; index++) {
      const plain = await inflate(unmasked(main.ribbon.slice(index, 1)));
      expect(plain.equals(payloads[index % payloads.length]!)).toBe(true);
    }
  });

  test("requests begin with an empty window, and are right in later cycles", async () => {
    const { leadIn, main } = conversationsOf(plan(setting, { replies: "answer", size: 820 }))(SCRIPTS + 3);
    expect(leadIn).toBeUndefined();
    const inflate = continuousPeer(setting.windowBits);
    const requests = makeRequests(820, 3);
    for (let index = 0; index < requests.length * 2 + 9; index++) {
      expect(String(await inflate(unmasked(main.ribbon.slice(index, 1))))).toBe(requests[index % requests.length]);
    }
  });
});

test.each([9, 12])("a reply that refers to what %d bits of window no longer hold is an error", (windowBits) => {
  const needle = Buffer.from("found again only in a window that is too large");
  const filler = Array.from({ length: 31 }, (_, index) => Buffer.alloc(((1 << windowBits) / 31 + 1) | 0, 65 + index));
  const replies = [needle, ...filler, needle];
  const history = new ReplyHistory(replies, { windowBits });
  const readAll = (senderBits: number) => {
    const reader = new ParsedReplyReader({ opcode: TEXT, history, compression: true, onPing: () => {} });
    const compressed = compressInTurn(replies, { windowBits: senderBits, memLevel: 8 });
    return compressed.map((payload) => reader.read(buildFrame({ opcode: TEXT, payload, compressed: true }))).length;
  };
  expect(readAll(windowBits)).toBe(33);
  expect(() => readAll(15)).toThrow("cannot be inflated");
});

/** The payload of a client's frame of any length. */
function unmasked(frame: Buffer): Buffer {
  const length = frame[1]! & 0x7f;
  const headerSize = length === 126 ? 4 : length === 127 ? 10 : 2;
  const key = frame.subarray(headerSize, headerSize + 4);
  return Buffer.from(frame.subarray(headerSize + 4).map((byte, index) => byte ^ key[index & 3]!));
}

test("what is compressed in turn is smaller than what is compressed alone", () => {
  const payloads = makePayloads("json", 170).slice(0, 20);
  const sizes = compressInTurn(payloads, { windowBits: 12, memLevel: 5 }).map(({ length }) => length);
  expect(sizes.at(-1)!).toBeLessThan(sizes[0]! * 0.7);
});

describe("documents", () => {
  test.each([220, 256, 820])("of %d bytes are JSON of exactly that size, and answers are not requests", (size) => {
    const requests = makeRequests(size, 5);
    const answers = makeAnswers(size, 5);
    const book = new AnswerBook();
    for (const [index, request] of requests.entries()) {
      expect(JSON.parse(request)).toMatchObject({ id: index, room: 5 });
      expect([request.length, answers[index]!.length]).toEqual([size, size]);
      expect(answers[index]).not.toBe(request);
      expect(book.answerTo(request)).toBe(answers[index]);
    }
    expect(new Set([...requests, ...answers]).size).toBe(requests.length * 2);
  });

  test("of different scripts differ", () => {
    const all = Array.from({ length: SCRIPTS }, (_, script) => [
      ...makeRequests(256, script),
      ...makeAnswers(256, script),
    ]);
    expect(new Set(all.flat()).size).toBe(all.flat().length);
  });

  test("refuse a size without room for their fields", () => {
    expect(() => makeRequests(100, 0)).toThrow("they need 220 bytes, got 100");
  });
});

describe("the response to a handshake", () => {
  const head = (extension: string) =>
    [
      "HTTP/1.1 101 Switching Protocols",
      /^Sec-WebSocket-Accept: .*/m.exec(answerRequest(buildRequest(1, false)))![0].trimEnd(),
      ...(extension === "" ? [] : [`Sec-WebSocket-Extensions: permessage-deflate${extension}`]),
      "\r\n",
    ].join("\r\n");
  const twelve = { windowBits: 12, memLevel: 5 };
  const fifteen = { windowBits: 15, memLevel: 8 };

  test.each([
    ["; server_max_window_bits=12; client_max_window_bits=12", twelve, undefined],
    ["; server_max_window_bits=12", twelve, "windows of 12 bits"],
    ["; server_max_window_bits=12; client_max_window_bits=11", twelve, "windows of 12 bits"],
    [" ", fifteen, undefined],
    ["; server_no_context_takeover", fifteen, "context takeover"],
    ["", twelve, "offered but not agreed"],
    [" ", false, "agreed unasked"],
  ])("%j for %j", (extension, compression, message) => {
    const check = () => checkResponse(head(extension), compression);
    if (message === undefined) check();
    else expect(check).toThrow(message);
  });
});

test("the frames of a load are whole and masked", () => {
  const { main } = conversationsOf(plan({ windowBits: 12, memLevel: 5 }))(0);
  expect(unmaskFrames(main.ribbon.slice(0, 1))).toHaveLength(1);
});
