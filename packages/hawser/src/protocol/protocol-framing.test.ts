/** Frames that an endpoint accepts and refuses (RFC 6455, sections 5.2 and 5.5), the same for both roles. */

import { describe, expect, test } from "vitest";
import {
  answers,
  fails,
  feeds,
  message,
  type Outcome,
  pinged,
  pong,
  ponged,
  sends,
  whole,
} from "../../test/support/expectations.ts";
import { TaggingExtension } from "../../test/support/tagging-extension.ts";
import { bytes, frame, raw, sequence, type Wire } from "../../test/support/wire.ts";
import type { Role } from "./settings.ts";

type Row = readonly [name: string, wire: Wire, expected: Outcome];

const SIDES: readonly Role[] = ["server", "client"];

describe.each(SIDES)("%s: lengths", (side) => {
  test.each<Row>([
    ...[0, 1, 125, 126, 127, 65_535, 65_536, 70_000].map(
      (length): Row => [
        `${length} bytes`,
        frame({ opcode: "binary", payload: bytes(length) }),
        answers(message(bytes(length))),
      ],
    ),
    ...[0, 1, 125].map(
      (length): Row => [
        `${length} bytes in two bytes of length`,
        frame({ opcode: "binary", payload: bytes(length), lengthBytes: 2 }),
        fails(1002, "LENGTH_NOT_MINIMAL", `${length} in 2 bytes`),
      ],
    ),
    ...[0, 125, 126, 65_535].map(
      (length): Row => [
        `${length} bytes in eight bytes of length`,
        frame({ opcode: "binary", payload: bytes(length), lengthBytes: 8 }),
        fails(1002, "LENGTH_NOT_MINIMAL", `${length} in 8 bytes`),
      ],
    ),
    ["the most significant bit", frame({ opcode: "binary", announced: 1n << 63n }), fails(1002, "LENGTH_TOO_LARGE")],
    [
      "all but the most significant bit",
      frame({ opcode: "binary", announced: (1n << 63n) - 1n }),
      fails(1009, "MESSAGE_TOO_BIG", "9223372036854776000 > 1048576 bytes"),
    ],
  ])("%s", (_name, wire, expected) => {
    for (const feed of feeds) expect(feed(side, wire)).toEqual(expected);
  });
});

describe("masks", () => {
  test.each([
    ["server", null, fails(1002, "MASK_MISSING")],
    ["client", 0x01020304, fails(1002, "MASK_UNEXPECTED")],
    ["client", 0, fails(1002, "MASK_UNEXPECTED")],
  ] as const)("a %s refuses the key %s in any frame", (side, key, expected) => {
    for (const opcode of ["text", "binary", "close", "ping", "pong"] as const) {
      for (const feed of feeds) expect(feed(side, frame({ opcode, key, payload: "hi" }))).toEqual(expected);
    }
  });

  test.each([0, 1, 0x000000ff, 0xff000000, 0x80000000, 0xffffffff])("a server takes off the key %i", (key) => {
    for (const length of [1, 2, 3, 5, 200, 501]) {
      const payload = bytes(length);
      const wire = frame({ opcode: "binary", key, payload });
      for (const feed of feeds) expect(feed("server", wire)).toEqual(answers(message(payload)));
    }
  });

  test("a server forgets a key with its frame", () => {
    const wire = sequence(
      frame({ opcode: "binary", key: 0x01020304, payload: bytes(3) }),
      frame({ opcode: "binary", key: 0xa0b0c0d0, payload: bytes(6) }),
    );
    for (const feed of feeds) expect(feed("server", wire)).toEqual(answers(message(bytes(3)), message(bytes(6))));
  });
});

const RESERVED_BITS = [
  [0x40, "RSV1"],
  [0x20, "RSV2"],
  [0x10, "RSV3"],
  [0x60, "RSV1, RSV2"],
  [0x50, "RSV1, RSV3"],
  [0x30, "RSV2, RSV3"],
  [0x70, "RSV1, RSV2, RSV3"],
] as const;

describe.each(SIDES)("%s: reserved bits", (side) => {
  test.each(RESERVED_BITS)("%i (%s) is refused in every kind of frame", (rsv, names) => {
    for (const opcode of ["text", "binary", "close", "ping", "pong", "continuation"] as const) {
      for (const feed of feeds) {
        expect(feed(side, frame({ opcode, rsv }))).toEqual(fails(1002, "RSV_UNEXPECTED", names));
      }
    }
  });

  test.each([
    ["a bit that no extension claims", frame({ opcode: "text", rsv: 0x20 }), "RSV2"],
    ["a claimed bit with another", frame({ opcode: "text", rsv: 0x50 }), "RSV1, RSV3"],
    ["a claimed bit in a ping", frame({ opcode: "ping", rsv: 0x40 }), "RSV1"],
    ["a claimed bit in a pong", frame({ opcode: "pong", rsv: 0x40 }), "RSV1"],
    ["a claimed bit in a Close frame", frame({ opcode: "close", rsv: 0x40 }), "RSV1"],
    ["a claimed bit in a continuation", frame({ opcode: "continuation", rsv: 0x40 }), "RSV1"],
  ])("with an extension, %s is refused", (_name, wire, names) => {
    const extensions = [new TaggingExtension("A:", 0x40)];
    for (const feed of feeds) expect(feed(side, wire, { extensions })).toEqual(fails(1002, "RSV_UNEXPECTED", names));
  });
});

describe.each(SIDES)("%s: opcodes", (side) => {
  test.each([3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf])("%i is reserved", (opcode) => {
    const expected = fails(1002, "OPCODE_UNKNOWN", `0x${opcode.toString(16)}`);
    for (const feed of feeds) expect(feed(side, frame({ opcode }))).toEqual(expected);
  });
});

describe.each(SIDES)("%s: control frames", (side) => {
  test.each<Row>([
    ["a ping", frame({ opcode: "ping", payload: "hi" }), answers(pong("hi"))],
    ["an empty ping", frame({ opcode: "ping" }), answers(pong(""))],
    [
      "a ping of 125 bytes",
      frame({ opcode: "ping", payload: "x".repeat(125) }),
      answers(sends("pong", "x".repeat(125)), pinged("x".repeat(125))),
    ],
    ["a pong that nobody asked for", frame({ opcode: "pong", payload: "hi" }), answers(ponged("hi"))],
    ["a ping of 126 bytes", frame({ opcode: "ping", payload: bytes(126) }), fails(1002, "CONTROL_TOO_LONG")],
    ["a pong of 126 bytes", frame({ opcode: "pong", payload: bytes(126) }), fails(1002, "CONTROL_TOO_LONG")],
    ["a Close frame of 126 bytes", frame({ opcode: "close", payload: bytes(126) }), fails(1002, "CONTROL_TOO_LONG")],
    ["a ping of 70,000 bytes", frame({ opcode: "ping", payload: bytes(70_000) }), fails(1002, "CONTROL_TOO_LONG")],
    [
      "a ping of 3 bytes in two bytes of length",
      frame({ opcode: "ping", payload: bytes(3), lengthBytes: 2 }),
      fails(1002, "CONTROL_TOO_LONG"),
    ],
    ["a fragmented ping", frame({ opcode: "ping", fin: false }), fails(1002, "CONTROL_FRAGMENTED")],
    ["a fragmented pong", frame({ opcode: "pong", fin: false }), fails(1002, "CONTROL_FRAGMENTED")],
    ["a fragmented Close frame", frame({ opcode: "close", fin: false }), fails(1002, "CONTROL_FRAGMENTED")],
    [
      "pings one after the other",
      sequence(
        frame({ opcode: "ping", payload: "a" }),
        frame({ opcode: "ping", payload: "b" }),
        frame({ opcode: "text", payload: "c" }),
        frame({ opcode: "ping", payload: "d" }),
      ),
      answers(pong("a"), pong("b"), message("c"), pong("d")),
    ],
    [
      "a ping before a broken frame",
      sequence(frame({ opcode: "ping", payload: "a" }), frame({ opcode: 3 }), frame({ opcode: "ping", payload: "b" })),
      fails(1002, "OPCODE_UNKNOWN", "0x3", answers(pong("a"))),
    ],
  ])("%s", (_name, wire, expected) => {
    for (const feed of feeds) expect(feed(side, wire)).toEqual(expected);
  });
});

describe.each(SIDES)("%s: a broken rule is seen at once", (side) => {
  const mask = side === "server" ? 0x80 : 0;

  test.each([
    ["a reserved opcode in the first byte", raw(0x83), fails(1002, "OPCODE_UNKNOWN", "0x3")],
    ["a reserved bit in the first byte", raw(0xc1), fails(1002, "RSV_UNEXPECTED", "RSV1")],
    ["a fragmented ping in the first byte", raw(0x09), fails(1002, "CONTROL_FRAGMENTED")],
    ["a control frame's length in the second", raw(0x89, mask | 126), fails(1002, "CONTROL_TOO_LONG")],
    ["a length's first bit in the third", raw(0x82, mask | 127, 0x80), fails(1002, "LENGTH_TOO_LARGE")],
    ["a length in its last byte", raw(0x82, mask | 126, 0, 125), fails(1002, "LENGTH_NOT_MINIMAL", "125 in 2 bytes")],
  ])("%s", (_name, wire, expected) => {
    expect(whole(side, wire)).toEqual(expected);
  });

  test("nothing happens before that", () => {
    for (const wire of [raw(), raw(0x82), raw(0x82, mask | 127, 0, 0), raw(0x82, mask | 126, 1)]) {
      expect(whole(side, wire)).toEqual(answers());
    }
  });
});
