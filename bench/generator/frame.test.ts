import { constants, inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { BINARY, buildClientFrames, buildFrame, compressAlone, TEXT } from "./frame.ts";
import { FrameRibbon } from "./frame-ribbon.ts";
import { makePayloads } from "./payload.ts";

describe("a frame", () => {
  test('the masked "Hello" of RFC 6455, section 5.7', () => {
    const frame = buildFrame({ opcode: TEXT, payload: Buffer.from("Hello"), maskingKey: 0x37fa213d });
    expect(frame.toString("hex")).toBe("818537fa213d7f9f4d5158");
  });

  test('the unmasked "Hello" of RFC 6455, section 5.7', () => {
    expect(buildFrame({ opcode: TEXT, payload: Buffer.from("Hello") }).toString("hex")).toBe("810548656c6c6f");
  });

  test.each([
    [125, "827d"],
    [126, "827e007e"],
    [65_535, "827effff"],
    [65_536, "827f0000000000010000"],
  ])("of %d bytes has the shortest length field", (length, header) => {
    const frame = buildFrame({ opcode: BINARY, payload: new Uint8Array(length) });
    expect(frame.subarray(0, -length).toString("hex")).toBe(header);
    expect(frame).toHaveLength(header.length / 2 + length);
  });

  test("of a compressed message has RSV1 set and inflates to the message", () => {
    const [payload] = makePayloads("json", 170);
    const [frame] = buildClientFrames([payload!], "json", true);
    expect(frame?.[0]).toBe(0xc1);
    const data = Buffer.concat([compressAlone(payload!), Buffer.from([0, 0, 0xff, 0xff])]);
    expect(inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH })).toEqual(Buffer.from(payload!));
  });
});

test.each([
  ["binary", 16],
  ["text", 125],
] as const)("%s payloads are exact, differ from each other and are the same every time", (kind, size) => {
  const payloads = makePayloads(kind, size);
  expect(new Set(payloads.map(({ length }) => length))).toEqual(new Set([size]));
  expect(new Set(payloads.map((payload) => Buffer.from(payload).toString("hex"))).size).toBe(payloads.length);
  expect(makePayloads(kind, size)).toEqual(payloads);
});

test("JSON payloads are JSON of about the size asked for", () => {
  for (const payload of makePayloads("json", 170)) {
    expect(() => JSON.parse(Buffer.from(payload).toString())).not.toThrow();
    expect(Math.abs(payload.length - 170)).toBeLessThan(20);
  }
});

describe("a ribbon", () => {
  const ribbon = new FrameRibbon(
    ["a", "bb", "ccc"].map((text) => Buffer.from(text)),
    4,
  );

  test.each([
    [0, 1, "a"],
    [4, 1, "bb"],
    [2, 4, "cccabbccc"],
    [7, 2, "bbccc"],
  ])("from frame %d on, %d frames", (first, count, expected) => {
    expect(ribbon.slice(first, count).toString()).toBe(expected);
  });
});
