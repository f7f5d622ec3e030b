/** Messages that extensions encoded (RFC 6455, section 9). */

import { describe, expect, test } from "vitest";
import { answers, fails, feeds, message, type Outcome, pong } from "../../test/support/expectations.ts";
import { TaggingExtension } from "../../test/support/tagging-extension.ts";
import { bytes, concat, frame, sequence, utf8, type Wire } from "../../test/support/wire.ts";
import { Rsv } from "./extension.ts";
import type { ProtocolSettings, Role } from "./settings.ts";

const A = Rsv.RSV1;
const B = Rsv.RSV2;

function extensions(): readonly TaggingExtension[] {
  return [new TaggingExtension("A:", A), new TaggingExtension("B:", B)];
}

const ping = frame({ opcode: "ping", payload: "hi" });

describe.each<Role>(["server", "client"])("%s", (side) => {
  test.each<[string, Wire, Outcome]>([
    ["as it is", frame({ opcode: "text", payload: "A:x" }), answers(message("A:x"))],
    ["by the first extension", frame({ opcode: "text", rsv: A, payload: "A:x" }), answers(message("x"))],
    ["by the second", frame({ opcode: "text", rsv: B, payload: "B:x" }), answers(message("x"))],
    [
      "by both: decoded in reverse order",
      frame({ opcode: "text", rsv: A | B, payload: "B:A:x" }),
      answers(message("x")),
    ],
    ["bytes", frame({ opcode: "binary", rsv: A, payload: concat(utf8("A:"), bytes(9)) }), answers(message(bytes(9)))],
    ["nothing", frame({ opcode: "text", rsv: A, payload: "A:" }), answers(message(""))],
    [
      "in fragments, decoded together",
      sequence(
        frame({ opcode: "text", rsv: A, payload: "A", fin: false }),
        ping,
        frame({ opcode: "continuation", fin: false }),
        frame({ opcode: "continuation", payload: ":xy" }),
        frame({ opcode: "text", payload: "A:z" }),
      ),
      answers(pong("hi"), message("xy"), message("A:z")),
    ],
    [
      "to a text whose characters fragments and tags cut",
      sequence(
        frame({ opcode: "text", rsv: A, payload: concat(utf8("A:"), Uint8Array.of(0xe2, 0x82)), fin: false }),
        frame({ opcode: "continuation", payload: Uint8Array.of(0xac) }),
      ),
      answers(message("€")),
    ],
    [
      "to what is no text",
      frame({ opcode: "text", rsv: A, payload: concat(utf8("A:"), Uint8Array.of(0xff)) }),
      fails(1007, "UTF8_INVALID"),
    ],
    ["wrongly", frame({ opcode: "text", rsv: A, payload: "B:x" }), fails(1002, "EXTENSION_DATA_INVALID")],
    ["to an empty frame, wrongly", frame({ opcode: "binary", rsv: A }), fails(1002, "EXTENSION_DATA_INVALID")],
    [
      "by both, but in the wrong order",
      frame({ opcode: "text", rsv: A | B, payload: "A:B:x" }),
      fails(1002, "EXTENSION_DATA_INVALID"),
    ],
  ])("receives a message encoded %s", (_name, wire, expected) => {
    for (const feed of feeds) expect(feed(side, wire, { extensions: extensions() })).toEqual(expected);
  });

  test("an encoded message may consist of any bytes", () => {
    const inverting = Object.assign(new TaggingExtension("", A), {
      decode: (payload: Uint8Array) => payload.map((octet) => 0xff - octet),
    });
    const wire = frame({ opcode: "text", rsv: A, payload: utf8("€").map((octet) => 0xff - octet) });
    for (const feed of feeds) expect(feed(side, wire, { extensions: [inverting] })).toEqual(answers(message("€")));
  });

  /** A frame of one message that is encoded, and of `length` bytes. */
  const encoded = (length: number): Wire =>
    frame({ opcode: "binary", rsv: A, payload: concat(utf8("A:"), bytes(length - 2)) });
  const maxSize = 8_000;
  /** What incompressible bytes may take at most when encoded. */
  const mostEncoded = 8_000 + 1_000 + 1_024;

  test.each<[string, Partial<ProtocolSettings>, Wire, Outcome]>([
    ["a message that decodes to maxSize", { maxSize }, encoded(8_002), answers(message(bytes(8_000)))],
    [
      "a message that decodes to one more",
      { maxSize },
      encoded(8_003),
      fails(1009, "MESSAGE_TOO_BIG", "more than 8000 bytes decoded"),
    ],
    [
      "a frame that is larger than maxFragmentSize only because it is encoded",
      { maxSize, maxFragmentSize: maxSize },
      encoded(8_002),
      answers(message(bytes(8_000))),
    ],
    [
      "a frame that is larger than a maxFragmentSize below maxSize",
      { maxSize, maxFragmentSize: 100 },
      encoded(101),
      fails(1009, "FRAGMENT_TOO_BIG", "101 > 100 bytes"),
    ],
    [
      "one byte more than any encoding needs",
      { maxSize },
      frame({ opcode: "binary", rsv: A, announced: BigInt(mostEncoded + 1) }),
      fails(1009, "MESSAGE_TOO_BIG", `${mostEncoded + 1} > ${mostEncoded} bytes`),
    ],
    [
      "one byte more than any encoding needs, in fragments",
      { maxSize },
      sequence(
        frame({ opcode: "binary", rsv: A, payload: bytes(5_000), fin: false }),
        frame({ opcode: "continuation", announced: BigInt(mostEncoded - 4_999) }),
      ),
      fails(1009, "MESSAGE_TOO_BIG", `${mostEncoded + 1} > ${mostEncoded} bytes`),
    ],
  ])("limits: %s", (_name, limits, wire, expected) => {
    for (const feed of feeds)
      expect(feed(side, wire, { settings: limits, extensions: extensions() })).toEqual(expected);
  });

  test("every extension is told maxSize", () => {
    const both = extensions();
    const wire = frame({ opcode: "text", rsv: A | B, payload: "B:A:x" });
    feeds[0]!(side, wire, { settings: { maxSize: 5 }, extensions: both });
    expect(both.map(({ limits }) => limits)).toEqual([[5], [5]]);
  });
});
