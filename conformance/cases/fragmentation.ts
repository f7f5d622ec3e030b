/**
 * Messages in several frames (RFC 6455, section 5.4).
 */

import { binaryMessage, continuation, type MessageSpec, ping, pong, text, textMessage } from "../case.ts";
import { pseudoRandomBytes } from "../messages.ts";
import type { Wire } from "../wire/frame.ts";
import { failsWith, fragments, type WireCase } from "./expand.ts";

const RULE = "RFC 6455 5.4";

function pieces(payload: Buffer, size: number): Buffer[] {
  const count = Math.max(1, Math.ceil(payload.length / size));
  return Array.from({ length: count }, (_, index) => payload.subarray(index * size, (index + 1) * size));
}

function sizeRows(): WireCase[] {
  const payload = pseudoRandomBytes(1_000, 5);
  return [1, 7, 100, 125, 126, 333, 999].map((size) => ({
    name: `binary-1000-in-${size}`,
    title: `1,000 bytes in frames of ${size}`,
    rule: RULE,
    wire: fragments(2, pieces(payload, size)),
    messages: [binaryMessage(payload)],
  }));
}

function splitRows(): WireCase[] {
  const splits: readonly (readonly string[])[] = [
    ["", "Hello"],
    ["Hello", ""],
    ["Hel", "lo"],
    ["H", "e", "l", "l", "o"],
    ["", "", ""],
    ["", "Hello", ""],
    ["Hel", "", "lo"],
  ];
  return splits.map((split) => ({
    name: `text-${split.map((piece) => piece || "0").join("-")}`,
    title: `text in frames of ${split.map((piece) => piece.length).join(", ")} bytes`,
    rule: RULE,
    wire: fragments(
      1,
      split.map((piece) => Buffer.from(piece)),
    ),
    messages: [textMessage(split.join(""))],
  }));
}

function interleavedRows(): WireCase[] {
  const message: MessageSpec[] = [textMessage("Hello")];
  const [first, second] = [text("Hel", { fin: false }), continuation("lo")];
  const row = (name: string, title: string, wire: readonly Wire[], ...pongs: string[]): WireCase => {
    return { name, title, rule: RULE, wire, messages: message, pongs: pongs.map((payload) => Buffer.from(payload)) };
  };
  return [
    row("ping-between", "a ping between two fragments", [first, ping("hi"), second], "hi"),
    row("empty-ping-between", "an empty ping between two fragments", [first, ping(), second], ""),
    row(
      "pings-between",
      "three pings between two fragments",
      [first, ping("1"), ping("2"), ping("3"), second],
      "1",
      "2",
      "3",
    ),
    row("pong-between", "an unsolicited pong between two fragments", [first, pong("hi"), second]),
    row("ping-and-pong-between", "a pong and a ping between two fragments", [first, pong("a"), ping("b"), second], "b"),
    row(
      "pings-around",
      "pings before, between and after fragments",
      [ping("1"), first, ping("2"), second, ping("3")],
      "1",
      "2",
      "3",
    ),
  ];
}

function brokenRows(): WireCase[] {
  const fails = { rule: RULE, closed: failsWith(1002) };
  const open = text("Hel", { fin: false });
  return [
    {
      ...fails,
      name: "continuation-first",
      title: "a continuation frame that continues nothing",
      wire: [continuation("lo")],
    },
    {
      ...fails,
      name: "continuation-first-open",
      title: "an unfinished continuation frame that continues nothing",
      wire: [continuation("lo", { fin: false })],
    },
    {
      ...fails,
      name: "continuation-empty-first",
      title: "an empty continuation frame that continues nothing",
      wire: [continuation("")],
    },
    {
      ...fails,
      name: "continuation-after-message",
      title: "a continuation frame behind a whole message",
      wire: [text("Hello"), continuation("lo")],
      messages: [textMessage("Hello")],
    },
    {
      ...fails,
      name: "continuation-after-fragments",
      title: "a continuation frame behind a message in fragments",
      wire: [open, continuation("lo"), continuation("!")],
      messages: [textMessage("Hello")],
    },
    {
      ...fails,
      name: "continuation-after-ping",
      title: "a continuation frame behind a ping",
      wire: [ping("p"), continuation("lo")],
      pongs: [Buffer.from("p")],
    },
    { ...fails, name: "text-in-text", title: "a text frame inside a text message", wire: [open, text("lo")] },
    {
      ...fails,
      name: "binary-in-text",
      title: "a binary frame inside a text message",
      wire: [open, { opcode: 2, payload: Buffer.from("lo") }],
    },
    {
      ...fails,
      name: "text-in-binary",
      title: "a text frame inside a binary message",
      wire: [{ opcode: 2, payload: Buffer.from("Hel"), fin: false }, text("lo")],
    },
    {
      ...fails,
      name: "open-text-in-text",
      title: "an unfinished text frame inside a text message",
      wire: [open, text("lo", { fin: false })],
    },
    {
      ...fails,
      name: "text-in-text-after-ping",
      title: "a text frame inside a text message, behind a ping",
      wire: [open, ping("p"), text("lo")],
      pongs: [Buffer.from("p")],
    },
    {
      ...fails,
      name: "rsv-on-continuation",
      title: "a reserved bit on a continuation frame",
      wire: [open, continuation("lo", { rsv: 2 })],
    },
  ];
}

function manyRows(): WireCase[] {
  const payload = pseudoRandomBytes(5_000, 9);
  const two = [
    ...fragments(1, [Buffer.from("a"), Buffer.from("b")]),
    ...fragments(1, [Buffer.from("c"), Buffer.from("d")]),
  ];
  return [
    {
      name: "two-messages",
      title: "two messages in fragments, one behind the other",
      rule: RULE,
      wire: two,
      messages: [textMessage("ab"), textMessage("cd")],
    },
    {
      name: "5000-of-one-byte",
      title: "5,000 fragments of one byte",
      rule: RULE,
      wire: fragments(2, pieces(payload, 1)),
      messages: [binaryMessage(payload)],
    },
    {
      name: "5000-empty",
      title: "5,000 empty fragments, and one byte at last",
      rule: RULE,
      wire: fragments(2, [...new Array<Buffer>(5_000).fill(Buffer.alloc(0)), Buffer.of(7)]),
      messages: [binaryMessage(Buffer.of(7))],
    },
  ];
}

export function fragmentationTable(): WireCase[] {
  return [...sizeRows(), ...splitRows(), ...interleavedRows(), ...brokenRows(), ...manyRows()];
}
