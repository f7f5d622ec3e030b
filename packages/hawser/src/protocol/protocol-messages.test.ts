/** Messages in fragments, their limits, and their text (RFC 6455, sections 5.4, 8.1 and 10.4), the same for both roles. */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import {
  answers,
  fails,
  feeds,
  inPieces,
  message,
  type Outcome,
  pong,
  whole,
} from "../../test/support/expectations.ts";
import { BROKEN_UTF8, CUT_UTF8, VALID_UTF8 } from "../../test/support/utf8-samples.ts";
import { bytes, concat, frame, sequence, type Wire } from "../../test/support/wire.ts";
import type { ProtocolSettings, Role } from "./settings.ts";

const SIDES: readonly Role[] = ["server", "client"];

function first(payload: string | Uint8Array = "", opcode: "text" | "binary" = "text"): Wire {
  return frame({ opcode, payload, fin: false });
}

function more(payload: string | Uint8Array = ""): Wire {
  return frame({ opcode: "continuation", payload, fin: false });
}

function last(payload: string | Uint8Array = ""): Wire {
  return frame({ opcode: "continuation", payload });
}

const ping = frame({ opcode: "ping", payload: "hi" });

describe.each(SIDES)("%s: messages", (side) => {
  test.each<[string, Wire, Outcome]>([
    ["a text", frame({ opcode: "text", payload: "aé€😀" }), answers(message("aé€😀"))],
    ["an empty text", frame({ opcode: "text" }), answers(message(""))],
    ["a text with a byte order mark", frame({ opcode: "text", payload: "\ufeffa" }), answers(message("\ufeffa"))],
    ["a text with NUL", frame({ opcode: "text", payload: "a\0b" }), answers(message("a\0b"))],
    ["bytes", frame({ opcode: "binary", payload: bytes(300) }), answers(message(bytes(300)))],
    ["no bytes", frame({ opcode: "binary" }), answers(message(bytes(0)))],
    ["two fragments", sequence(first("a"), last("b")), answers(message("ab"))],
    ["three fragments", sequence(first("a"), more("b"), last("c")), answers(message("abc"))],
    [
      "fragments of bytes",
      sequence(first(bytes(3), "binary"), last(bytes(9))),
      answers(message(concat(bytes(3), bytes(9)))),
    ],
    ["large fragments", sequence(first("x".repeat(70_000)), last("y")), answers(message(`${"x".repeat(70_000)}y`))],
    ["an empty first fragment", sequence(first(), last("b")), answers(message("b"))],
    ["an empty last fragment", sequence(first("a"), last()), answers(message("a"))],
    ["empty fragments everywhere", sequence(first(), more(), more("ab"), more(), last()), answers(message("ab"))],
    ["nothing in three fragments", sequence(first(), more(), last()), answers(message(""))],
    ["no bytes in two fragments", sequence(first("", "binary"), last()), answers(message(bytes(0)))],
    ["a ping between fragments", sequence(first("a"), ping, last("b")), answers(pong("hi"), message("ab"))],
    [
      "pings around fragments",
      sequence(ping, first("a"), ping, more("b"), ping, last(), ping),
      answers(pong("hi"), pong("hi"), pong("hi"), message("ab"), pong("hi")),
    ],
    [
      "one after the other",
      sequence(first("a"), last("b"), frame({ opcode: "text", payload: "c" }), first("d"), last("e")),
      answers(message("ab"), message("c"), message("de")),
    ],
    [
      "a text after bytes",
      sequence(first(bytes(2), "binary"), last(), first("a"), last("b")),
      answers(message(bytes(2)), message("ab")),
    ],
    ["a continuation of nothing", last("a"), fails(1002, "CONTINUATION_UNEXPECTED")],
    ["a continuation that is not the last, of nothing", more("a"), fails(1002, "CONTINUATION_UNEXPECTED")],
    [
      "a continuation after the last",
      sequence(first("a"), last("b"), last("c")),
      fails(1002, "CONTINUATION_UNEXPECTED", undefined, answers(message("ab"))),
    ],
    [
      "a text inside a text",
      sequence(first("a"), frame({ opcode: "text", payload: "b" })),
      fails(1002, "CONTINUATION_EXPECTED"),
    ],
    ["a fragment's beginning inside a text", sequence(first("a"), first("b")), fails(1002, "CONTINUATION_EXPECTED")],
    [
      "bytes inside a text",
      sequence(first("a"), ping, frame({ opcode: "binary" })),
      fails(1002, "CONTINUATION_EXPECTED", undefined, answers(pong("hi"))),
    ],
  ])("%s", (_name, wire, expected) => {
    for (const feed of feeds) expect(feed(side, wire)).toEqual(expected);
  });

  test("the bytes of a message are the receiver's to keep", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(
      sequence(frame({ opcode: "binary", payload: bytes(40) }), first(bytes(4), "binary"), last(bytes(4)))(side),
    );
    const before = endpoint.takeEvents();
    endpoint.receive(frame({ opcode: "binary", payload: new Uint8Array(40) })(side));
    expect(before).toEqual([message(bytes(40)), message(concat(bytes(4), bytes(4)))]);
  });
});

describe.each(SIDES)("%s: limits", (side) => {
  const limit = (name: "maxSize" | "maxFragmentSize" | "maxFragments", value: number): Partial<ProtocolSettings> => ({
    maxFragmentSize: 10,
    maxSize: 10,
    [name]: value,
  });
  const tooBig = fails(1009, "MESSAGE_TOO_BIG", "11 > 10 bytes");
  const tooMany = fails(1009, "TOO_MANY_FRAGMENTS", "4 > 3");

  test.each<[string, Partial<ProtocolSettings>, Wire, Outcome]>([
    [
      "a message of maxSize",
      limit("maxSize", 10),
      frame({ opcode: "binary", payload: bytes(10) }),
      answers(message(bytes(10))),
    ],
    ["a message of one more", limit("maxSize", 10), frame({ opcode: "binary", payload: bytes(11) }), tooBig],
    [
      "fragments of maxSize together",
      limit("maxSize", 10),
      sequence(first("12345"), more("6789"), last("0")),
      answers(message("1234567890")),
    ],
    [
      "fragments of one more together",
      limit("maxSize", 10),
      sequence(first("12345"), more("67890"), last("1")),
      tooBig,
    ],
    [
      "messages that exceed it only together",
      limit("maxSize", 10),
      sequence(first("123456"), last("7"), first("123456"), last("7")),
      answers(message("1234567"), message("1234567")),
    ],
    [
      "bytes of maxSize, text counted in bytes",
      limit("maxSize", 10),
      frame({ opcode: "text", payload: "€€€a" }),
      answers(message("€€€a")),
    ],
    [
      "text of more bytes but fewer characters",
      limit("maxSize", 10),
      frame({ opcode: "text", payload: "€€€ab" }),
      tooBig,
    ],
    [
      "a frame of maxFragmentSize",
      limit("maxFragmentSize", 4),
      sequence(first("1234"), last("5678")),
      answers(message("12345678")),
    ],
    [
      "a frame of one more",
      limit("maxFragmentSize", 4),
      sequence(first("1234"), last("56789")),
      fails(1009, "FRAGMENT_TOO_BIG", "5 > 4 bytes"),
    ],
    [
      "a first frame of one more",
      limit("maxFragmentSize", 4),
      frame({ opcode: "text", payload: "12345" }),
      fails(1009, "FRAGMENT_TOO_BIG", "5 > 4 bytes"),
    ],
    ["a ping beyond maxFragmentSize", limit("maxFragmentSize", 1), ping, answers(pong("hi"))],
    ["a ping beyond maxSize", { maxSize: 1, maxFragmentSize: 1 }, ping, answers(pong("hi"))],
    [
      "as many fragments as maxFragments",
      limit("maxFragments", 3),
      sequence(first("a"), more("b"), last("c")),
      answers(message("abc")),
    ],
    ["one more", limit("maxFragments", 3), sequence(first("a"), more("b"), more("c"), last("d")), tooMany],
    ["one more, all empty", limit("maxFragments", 3), sequence(first(), more(), more(), more()), tooMany],
    [
      "pings between, which do not count",
      limit("maxFragments", 3),
      sequence(first("a"), ping, more(), ping, last()),
      answers(pong("hi"), pong("hi"), message("a")),
    ],
    [
      "as many again in the next message",
      limit("maxFragments", 2),
      sequence(first("a"), last(), first("b"), last()),
      answers(message("a"), message("b")),
    ],
    [
      "no limit at all",
      {
        maxSize: Number.POSITIVE_INFINITY,
        maxFragmentSize: Number.POSITIVE_INFINITY,
        maxFragments: Number.POSITIVE_INFINITY,
      },
      sequence(first("ab"), last("cd")),
      answers(message("abcd")),
    ],
  ])("%s", (_name, settings, wire, expected) => {
    for (const feed of feeds) expect(feed(side, wire, { settings })).toEqual(expected);
  });

  test.each([
    ["maxSize", { maxSize: 10 }, frame({ opcode: "binary", announced: 11n }), tooBig],
    [
      "maxSize, with fragments",
      { maxSize: 10 },
      sequence(first("123"), frame({ opcode: "continuation", announced: 8n })),
      tooBig,
    ],
    [
      "maxFragmentSize",
      { maxFragmentSize: 10 },
      frame({ opcode: "binary", announced: 11n }),
      fails(1009, "FRAGMENT_TOO_BIG", "11 > 10 bytes"),
    ],
  ])("%s is judged by the header, before anything of the payload", (_name, settings, wire, expected) => {
    for (const feed of feeds) expect(feed(side, wire, { settings })).toEqual(expected);
  });

  test("what is announced is not held", () => {
    const endpoint = new Endpoint(side);
    expect(endpoint.protocol.heldBytes).toBe(0);
    endpoint.receive(frame({ opcode: "binary", announced: 1_000_000n })(side));
    expect(endpoint.protocol.heldBytes).toBe(0);
    endpoint.receive(bytes(3));
    expect(endpoint.protocol.heldBytes).toBe(3);
  });

  test("what is held is told until the message is complete", () => {
    const endpoint = new Endpoint(side);
    const held = [first("abc"), ping, more("de"), last("f"), frame({ opcode: "text", payload: "g" })].map((wire) => {
      endpoint.receive(wire(side));
      return endpoint.protocol.heldBytes;
    });
    expect(held).toEqual([3, 3, 5, 0, 0]);
  });
});

/** The payload as a message, in every pair of fragments, and in as many fragments as it has bytes. */
function everyFragmentation(payload: Uint8Array): readonly Wire[] {
  const pairs = [...payload.keys(), payload.length].map((cut) =>
    sequence(first(payload.subarray(0, cut)), last(payload.subarray(cut))),
  );
  const single = [...payload].map((octet) => more(Uint8Array.of(octet)));
  return [frame({ opcode: "text", payload }), ...pairs, sequence(first(), ...single, last())];
}

describe.each(SIDES)("%s: text, in any fragments and pieces,", (side) => {
  test.each(VALID_UTF8)("is accepted: %s", (_name, octets) => {
    const expected = answers(message(Buffer.from(octets).toString()));
    for (const wire of everyFragmentation(octets)) {
      for (const feed of feeds) expect(feed(side, wire)).toEqual(expected);
    }
  });

  test.each([...BROKEN_UTF8, ...CUT_UTF8])("is refused: %s", (_name, octets) => {
    for (const wire of everyFragmentation(octets)) {
      for (const feed of feeds) expect(feed(side, wire)).toEqual(fails(1007, "UTF8_INVALID"));
    }
  });
});

describe.each(SIDES)("%s: text is refused before its message ends", (side) => {
  test.each(BROKEN_UTF8)("%s", (_name, octets) => {
    const inUnfinishedFrame = frame({ opcode: "text", payload: octets, announced: 100n });
    for (const wire of [first(octets), inUnfinishedFrame, sequence(first(), more(octets))]) {
      expect(whole(side, wire)).toEqual(fails(1007, "UTF8_INVALID"));
      const single = Array.from(wire(side), (octet) => Uint8Array.of(octet));
      expect(inPieces(side, single)).toEqual(fails(1007, "UTF8_INVALID"));
    }
  });

  test.each(CUT_UTF8)("but not while it may still become right: %s", (_name, octets) => {
    expect(whole(side, sequence(first(octets), ping))).toEqual(answers(pong("hi")));
  });

  test("bytes need not be text", () => {
    const [, octets] = BROKEN_UTF8[0]!;
    expect(whole(side, sequence(first(octets, "binary"), last(octets)))).toEqual(
      answers(message(concat(octets, octets))),
    );
  });

  test("a cut character does not go on in the next message", () => {
    const wire = sequence(frame({ opcode: "text", payload: "a" }), first("b"), last(Uint8Array.of(0xa9)));
    expect(whole(side, wire)).toEqual(fails(1007, "UTF8_INVALID", undefined, answers(message("a"))));
  });
});
