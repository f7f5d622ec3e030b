import { describe, expect, test } from "vitest";
import "../../test/support/equal-bytes.ts";
import { bytes, MASKING_KEY, readFrames, utf8 } from "../../test/support/wire.ts";
import { type FrameOutput, GatheredOutput } from "../bytes/frame-output.ts";
import { webTextCodec } from "../bytes/text-codec.ts";
import { FIN, SHARED_PAYLOAD, serializeFrame, writeFrame, writeTextFrame } from "./frame-writer.ts";
import { Opcode } from "./opcode.ts";

const BINARY = FIN | Opcode.BINARY;
const TEXT = FIN | Opcode.TEXT;

describe.each([
  ["server", undefined],
  ["client", () => MASKING_KEY],
] as const)("a %s's frame", (role, keys) => {
  test.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])("of %i bytes", (length) => {
    const output = new TightOutput();
    output.append(readableFrame(role));
    writeFrame(output, BINARY, bytes(length), keys);
    const expected = { opcode: "binary", fin: true, rsv: 0, payload: bytes(length) };
    expect(readFrames(output.take(), role)[1]).toEqual(expected);
  });

  test.each([
    ["nothing", ""],
    ["ASCII up to seven bits of length", "x".repeat(125)],
    ["ASCII from two bytes of length on", "x".repeat(126)],
    ["a few characters of several bytes", "aé€😀"],
    ["more bytes than characters, which takes a longer length", "é".repeat(100)],
    ["125 characters in 126 bytes", `${"x".repeat(124)}é`],
    ["the longest text that is encoded in place", "€".repeat(21_845)],
    ["the shortest that is not", "€".repeat(21_846)],
    ["ASCII of that length", "x".repeat(21_846)],
    ["eight bytes of length", "x".repeat(65_536)],
    ["an unpaired surrogate", "a\ud800b"],
  ])("of text: %s", (_name, text) => {
    const output = new TightOutput();
    output.append(readableFrame(role));
    writeTextFrame(output, TEXT, text, webTextCodec, keys);
    const expected = { opcode: "text", fin: true, rsv: 0, payload: utf8(text) };
    expect(readFrames(output.take(), role)[1]).toEqual(expected);
  });

  test("has the first byte that was asked for", () => {
    const output = new GatheredOutput();
    writeFrame(output, 0x20 | Opcode.TEXT, utf8("a"), keys);
    expect(readFrames(output.take(), role)).toEqual([{ opcode: "text", fin: false, rsv: 0x20, payload: utf8("a") }]);
  });
});

/** Makes exactly the room that is asked for. */
class TightOutput extends GatheredOutput {
  override reserve(length: number): void {
    const grown = new Uint8Array(this.end + length);
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
  }
}

/** Something that was written before. */
function readableFrame(role: "server" | "client"): Uint8Array {
  return role === "server" ? Uint8Array.of(0x89, 0) : Uint8Array.of(0x89, 0x80, 1, 2, 3, 4);
}

test("the RFC's masked example (section 5.7)", () => {
  const output = new GatheredOutput();
  writeTextFrame(output, TEXT, "Hello", webTextCodec, () => MASKING_KEY);
  expect(output.take()).toEqual(Uint8Array.of(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58));
});

/** Notes what is sent by reference. */
class ReferringOutput extends GatheredOutput implements FrameOutput {
  readonly references: Uint8Array[] = [];

  override append(payload: Uint8Array): void {
    this.references.push(payload);
  }
}

describe("a large payload", () => {
  test("is sent by reference", () => {
    const output = new ReferringOutput();
    const payload = bytes(SHARED_PAYLOAD);
    writeFrame(output, BINARY, payload, undefined);
    expect(output.references).toEqual([payload]);
    expect(output.references[0]).toBe(payload);
    expect(output.take()).toEqual(Uint8Array.of(0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0));
  });

  test("has a length beyond 32 bits", () => {
    const output = new ReferringOutput();
    writeFrame(output, BINARY, { length: 0x3_0000_0007 } as Uint8Array, undefined);
    expect(output.take()).toEqual(Uint8Array.of(0x82, 127, 0, 0, 0, 3, 0, 0, 0, 7));
  });

  test.each([
    ["is copied below that length", SHARED_PAYLOAD - 1, undefined],
    ["is copied where it is masked", SHARED_PAYLOAD, () => MASKING_KEY],
  ])("%s", (_name, length, keys) => {
    const output = new ReferringOutput();
    const payload = bytes(length);
    writeFrame(output, BINARY, payload, keys);
    expect(output.references).toEqual([]);
    expect(payload).toEqual(bytes(length));
  });
});

describe("a frame for many", () => {
  test.each([0, 125, 126, 65_535, 65_536])("of %i bytes is a server's", (length) => {
    const shared = serializeFrame(TEXT | 0x40, bytes(length));
    const frame = { opcode: "text", fin: true, rsv: 0x40, payload: bytes(length) };
    expect(readFrames(shared, "server")).toEqual([frame]);
  });
});
