import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { ExactReplyReader, ExpectedStream } from "./exact-reply-reader.ts";
import { BINARY, buildFrame, PING, TEXT } from "./frame.ts";
import { ParsedReplyReader, ReplyHistory } from "./parsed-reply-reader.ts";
import { makePayloads } from "./payload.ts";
import { type ReplyReader, WrongEcho } from "./reply-reader.ts";

const PAYLOADS = makePayloads("json", 170);
const BINARIES = makePayloads("binary", 300);

function exact(): ReplyReader {
  return new ExactReplyReader(new ExpectedStream(BINARIES.map(binaryReply), 8192));
}

function parsed(compression: boolean, onPing: (payload: Uint8Array) => void = () => {}): ReplyReader {
  return new ParsedReplyReader({ opcode: TEXT, history: new ReplyHistory(PAYLOADS), compression, onPing });
}

function binaryReply(payload: Uint8Array): Buffer {
  return buildFrame({ opcode: BINARY, payload });
}

/** What a server with context takeover sends for message number `index`. */
function compressedReply(index: number): Buffer {
  const before = Array.from({ length: index }, (_, earlier) => PAYLOADS[earlier % PAYLOADS.length]!);
  const dictionary = Buffer.concat(before).subarray(-32_768);
  const options = dictionary.length === 0 ? {} : { dictionary };
  const data = deflateRawSync(PAYLOADS[index % PAYLOADS.length]!, { finishFlush: constants.Z_SYNC_FLUSH, ...options });
  return buildFrame({ opcode: TEXT, payload: data.subarray(0, -4), compressed: true });
}

function feed(reader: ReplyReader, bytes: Buffer, size: number): number {
  let replies = 0;
  for (let at = 0; at < bytes.length; at += size) replies += reader.read(bytes.subarray(at, at + size));
  return replies;
}

const EXACT = Buffer.concat([...BINARIES, ...BINARIES, ...BINARIES].map(binaryReply));
const COMPRESSED = Buffer.concat(Array.from({ length: 300 }, (_, index) => compressedReply(index)));

describe.each([1, 7, 1000, 8192])("in chunks of %d bytes", (size) => {
  test("every exact reply is counted", () => {
    expect(feed(exact(), EXACT, size)).toBe(BINARIES.length * 3);
  });

  test("every compressed reply is counted, beyond a whole window of context", () => {
    expect(feed(parsed(true), COMPRESSED, size)).toBe(300);
  });
});

test("a ping between replies is answered and not counted", () => {
  const onPing = vi.fn();
  const reply = buildFrame({ opcode: TEXT, payload: PAYLOADS[0]! });
  const ping = buildFrame({ opcode: PING, payload: Buffer.from("hi") });
  expect(parsed(false, onPing).read(Buffer.concat([ping, reply]))).toBe(1);
  expect(onPing).toHaveBeenCalledExactlyOnceWith(Buffer.from("hi"));
});

describe("a wrong echo is noticed", () => {
  const [first] = BINARIES;
  const flipped = binaryReply(first!);
  flipped[200]! ^= 1;
  const swapped = buildFrame({ opcode: TEXT, payload: PAYLOADS[1]! });
  const wrongType = buildFrame({ opcode: BINARY, payload: PAYLOADS[0]! });
  const garbage = buildFrame({ opcode: TEXT, payload: Buffer.from([0xff, 0xff, 0xff]), compressed: true });
  const close = buildFrame({ opcode: 0x8, payload: Buffer.from([0x03, 0xea]) });
  const fragment = buildFrame({ opcode: TEXT, payload: PAYLOADS[0]! });
  fragment[0] = TEXT;

  test.each([
    ["one bit", exact(), flipped],
    ["the type of an exact reply", exact(), buildFrame({ opcode: TEXT, payload: first! })],
    ["another message", parsed(false), swapped],
    ["the type", parsed(false), wrongType],
    ["compression that was not agreed", parsed(false), compressedReply(0)],
    ["data that does not inflate", parsed(true), garbage],
    ["a context that was never there", parsed(true), compressedReply(64)],
    ["a Close frame", parsed(true), close],
    ["a fragment", parsed(true), fragment],
  ])("%s", (_name, reader, bytes) => {
    expect(() => reader.read(bytes)).toThrow(WrongEcho);
  });
});
