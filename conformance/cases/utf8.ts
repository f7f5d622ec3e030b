/**
 * Text that is and that is not UTF-8 (RFC 6455, sections 5.6 and 8.1; RFC 3629).
 */

import { continuation, text, textMessage } from "../case.ts";
import { encodeFrame, type Side, type Wire } from "../wire/frame.ts";
import { failsWith, fragments, type StepCase, type WireCase } from "./expand.ts";

const RULE = "RFC 6455 8.1";

/** Hexadecimal, with spaces. */
function hex(bytes: string): Buffer {
  return Buffer.from(bytes.replaceAll(" ", ""), "hex");
}

const VALID: readonly (readonly [string, string])[] = [
  ["nul", "00"],
  ["ascii-last", "7f"],
  ["two-bytes-first", "c2 80"],
  ["two-bytes-last", "df bf"],
  ["three-bytes-first", "e0 a0 80"],
  ["before-surrogates", "ed 9f bf"],
  ["after-surrogates", "ee 80 80"],
  ["byte-order-mark", "ef bb bf 61"],
  ["replacement-character", "ef bf bd"],
  ["noncharacter-fffe", "ef bf be"],
  ["noncharacter-ffff", "ef bf bf"],
  ["four-bytes-first", "f0 90 80 80"],
  ["noncharacter-1ffff", "f0 9f bf bf"],
  ["noncharacter-10ffff", "f4 8f bf bf"],
  ["combining", "65 cc 81"],
  ["greek", "ce ba e1 bd b9 cf 83 ce bc ce b5"],
];

/**
 * Invalid sequences, and how many of their bytes decide it: a decoder that reads byte by byte fails there. `undefined`: only
 * the end of the message shows it.
 */
const INVALID: readonly (readonly [string, string, number | undefined])[] = [
  ["lone-continuation-80", "80", 1],
  ["lone-continuation-bf", "bf", 1],
  ["two-continuations", "80 bf", 1],
  ["c0", "c0 80", 1],
  ["c1", "c1 bf", 1],
  ["overlong-slash-2", "c0 af", 1],
  ["overlong-slash-3", "e0 80 af", 2],
  ["overlong-slash-4", "f0 80 80 af", 2],
  ["overlong-3-last", "e0 9f bf", 2],
  ["overlong-4-last", "f0 8f bf bf", 2],
  ["surrogate-first", "ed a0 80", 2],
  ["surrogate-high-last", "ed af bf", 2],
  ["surrogate-low-first", "ed b0 80", 2],
  ["surrogate-last", "ed bf bf", 2],
  ["surrogate-pair", "ed a0 80 ed b0 80", 2],
  ["above-10ffff", "f4 90 80 80", 2],
  ["f5", "f5 80 80 80", 1],
  ["f7", "f7 bf bf bf", 1],
  ["five-bytes", "f8 88 80 80 80", 1],
  ["six-bytes", "fc 84 80 80 80 80", 1],
  ["fe", "fe", 1],
  ["ff", "ff", 1],
  ["utf16-mark", "fe ff 00 61", 1],
  ["two-cut-by-ascii", "c3 28", 2],
  ["three-cut-by-ascii", "e2 82 28", 3],
  ["four-cut-by-ascii", "f0 9f 98 28", 4],
  ["two-cut-by-start", "c3 c3 a9", 2],
  ["latin1", "63 61 66 e9 21", 5],
  ["truncated-2", "c3", undefined],
  ["truncated-3-after-1", "e2", undefined],
  ["truncated-3-after-2", "e2 82", undefined],
  ["truncated-4-after-1", "f0", undefined],
  ["truncated-4-after-2", "f0 9f", undefined],
  ["truncated-4-after-3", "f0 9f 98", undefined],
];

/** Texts whose every split is a case. */
const SPLIT: readonly (readonly [string, string])[] = [
  ["two-bytes", "é"],
  ["three-bytes", "€"],
  ["four-bytes", "😀"],
  ["greek", "κόσμε"],
  ["mixed", "aß€😀z"],
];

const PREFIX = Buffer.from("Hello-µ@ßöä-");

function validRows(): WireCase[] {
  return VALID.map(([name, bytes]) => ({
    name: `valid-${name}`,
    title: `text of the bytes ${bytes}`,
    rule: "RFC 3629 3",
    wire: [text(hex(bytes))],
    messages: [textMessage(hex(bytes))],
  }));
}

function invalidRows(): WireCase[] {
  return INVALID.map(([name, bytes]) => ({
    name: `invalid-${name}`,
    title: `text that ends with the bytes ${bytes}`,
    rule: RULE,
    wire: [text(Buffer.concat([PREFIX, hex(bytes)]))],
    closed: failsWith(1007),
  }));
}

/** The invalid sequence at the very beginning, at the end of a long text, and cut in two by a fragment's end. */
function invalidPlaceRows(): WireCase[] {
  const long = Buffer.alloc(70_000, "long ");
  return INVALID.flatMap(([name, bytes]): WireCase[] => {
    const sequence = hex(bytes);
    const row = { rule: RULE, closed: failsWith(1007) };
    return [
      {
        ...row,
        name: `invalid-${name}-alone`,
        title: `text of nothing but ${bytes}`,
        wire: [text(sequence)],
        variants: ["whole"],
      },
      {
        ...row,
        name: `invalid-${name}-long`,
        title: `70,000 bytes of text, then ${bytes}`,
        wire: [text(Buffer.concat([long, sequence]))],
        variants: ["whole"],
      },
      {
        ...row,
        name: `invalid-${name}-fragments`,
        title: `${bytes} in fragments of one byte`,
        wire: fragments(
          1,
          [...sequence].map((byte) => Buffer.of(byte)),
        ),
        variants: ["whole"],
      },
    ];
  });
}

function splitRows(): WireCase[] {
  return SPLIT.flatMap(([name, value]) => {
    const bytes = Buffer.from(value);
    return Array.from({ length: bytes.length - 1 }, (_, index): WireCase => {
      const pieces = [bytes.subarray(0, index + 1), bytes.subarray(index + 1)];
      return {
        name: `split-${name}-at-${index + 1}`,
        title: `text split into fragments behind byte ${index + 1} of ${bytes.length}`,
        rule: "RFC 6455 5.6",
        wire: fragments(1, pieces),
        messages: [textMessage(value)],
        variants: ["whole", "bytes"],
      };
    });
  });
}

/** The same splits between TCP segments, where the event loop turns in between. */
function segmentRows(side: Side): StepCase[] {
  return SPLIT.flatMap(([name, value]) => {
    const bytes = Buffer.from(value);
    const frame = encodeFrame(text(bytes), side);
    return Array.from({ length: bytes.length - 1 }, (_, index): StepCase => {
      const cut = frame.length - bytes.length + index + 1;
      return {
        name: `segment-${name}-at-${index + 1}`,
        title: `text split into segments behind byte ${index + 1} of ${bytes.length}`,
        rule: "RFC 6455 5.6",
        steps: [
          { type: "send", wire: [frame.subarray(0, cut)] },
          { type: "send", wire: [frame.subarray(cut)], feed: "bytes" },
          { type: "expect", messages: [textMessage(value)] },
          { type: "close" },
        ],
      };
    });
  });
}

function failFastRow(name: string, title: string, wire: readonly Wire[]): WireCase {
  return { name, title, rule: RULE, strict: true, wire, closed: failsWith(1007), variants: ["whole", "bytes"] };
}

/** The message never ends: the first wrong byte alone must close the connection. */
function failFastRows(side: Side): WireCase[] {
  return INVALID.flatMap(([name, bytes, decided]): WireCase[] => {
    if (decided === undefined) return [];
    const sequence = hex(bytes).subarray(0, decided);
    const start = Buffer.concat([PREFIX, sequence]);
    const cutFrame = encodeFrame(text(Buffer.concat([start, Buffer.alloc(100)])), side).subarray(0, -100);
    const shown = sequence.toString("hex");
    return [
      failFastRow(`early-${name}-in-fragment`, `an unfinished message whose first fragment ends with ${shown}`, [
        text(start, { fin: false }),
      ]),
      failFastRow(`early-${name}-in-continuation`, `an unfinished message with ${shown} in its second fragment`, [
        text("ok", { fin: false }),
        continuation(sequence, { fin: false }),
      ]),
      failFastRow(`early-${name}-in-frame`, `an unfinished frame that goes as far as ${shown}`, [cutFrame]),
    ];
  });
}

function otherRows(): WireCase[] {
  const wrong = hex("ff fe c0 80");
  return [
    {
      name: "binary-not-checked",
      title: "a binary message that is not UTF-8",
      rule: "RFC 6455 5.6",
      wire: [{ opcode: 2, payload: wrong }],
      messages: [{ text: false, payload: wrong }],
    },
    {
      name: "valid-then-invalid",
      title: "a valid text, then an invalid one",
      rule: RULE,
      wire: [text("ok"), text(wrong)],
      messages: [textMessage("ok")],
      closed: failsWith(1007),
    },
    {
      name: "state-reset",
      title: "a text that ends and one that begins do not make up one character",
      rule: RULE,
      wire: [text("a"), text(hex("82 ac"))],
      messages: [textMessage("a")],
      closed: failsWith(1007),
    },
    {
      name: "truncated-over-fragments",
      title: "a character that the last fragment leaves unfinished",
      rule: RULE,
      wire: fragments(1, [Buffer.from("a"), hex("e2 82")]),
      closed: failsWith(1007),
    },
    {
      name: "truncated-then-empty",
      title: "an unfinished character, then an empty last fragment",
      rule: RULE,
      wire: fragments(1, [hex("61 e2 82"), Buffer.alloc(0)]),
      closed: failsWith(1007),
    },
  ];
}

export function utf8Table(side: Side): WireCase[] {
  return [
    ...validRows(),
    ...invalidRows(),
    ...invalidPlaceRows(),
    ...splitRows(),
    ...failFastRows(side),
    ...otherRows(),
  ];
}

export function utf8StepTable(side: Side): StepCase[] {
  return segmentRows(side);
}
