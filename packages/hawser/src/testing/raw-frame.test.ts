import { describe, expect, test } from "vitest";
import { type RawFrame, RawFrameReader, type ReceivedFrame, serializeRawFrame } from "./raw-frame.ts";

const readable = (frame: ReceivedFrame) => ({ ...frame, payload: hex(frame.payload) });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("serializeRawFrame", () => {
  // RFC 6455, section 5.7
  test.each<[string, RawFrame, string]>([
    ["a text", { opcode: 1, payload: "Hello" }, "810548656c6c6f"],
    ["a masked text", { opcode: 1, payload: "Hello", masked: true }, "818537fa213d7f9f4d5158"],
    ["a first fragment", { opcode: 1, payload: "Hel", fin: false }, "010348656c"],
    ["a last fragment", { opcode: 0, payload: "lo" }, "80026c6f"],
    ["a ping", { opcode: 9, payload: "Hello" }, "890548656c6c6f"],
    ["a reserved bit", { opcode: 1, rsv: 0x40 }, "c100"],
    ["a length that lies", { opcode: 2, announcedLength: 2 ** 33 }, "827f0000000200000000"],
    ["a key of its own", { opcode: 2, payload: "\0", masked: true, maskingKey: -1 }, "8281ffffffffff"],
  ])("%s", (_name, frame, bytes) => {
    expect(hex(serializeRawFrame(frame))).toBe(bytes);
  });
});

describe("RawFrameReader", () => {
  test.each([0, 1, 125, 126, 65_535, 65_536])("frames of %d bytes, in pieces or several at once", (length) => {
    const payload = new Uint8Array(length).map((_, index) => index & 0xff);
    const frames = [
      { opcode: 2, payload, fin: false, rsv: 0x20, masked: true },
      { opcode: 0, payload, fin: true, rsv: 0, masked: false },
    ];
    const wire = Buffer.concat(frames.map(serializeRawFrame));
    const reader = new RawFrameReader();
    // Byte by byte around the first header, then the rest
    const received = [...wire.subarray(0, 20)].flatMap((byte) => reader.read(new Uint8Array([byte])));
    received.push(...reader.read(wire.subarray(20)));
    for (const all of [received, new RawFrameReader().read(wire)]) {
      expect(all.map(readable)).toEqual(frames.map(readable));
    }
  });
});
