/**
 * Messages that are too large in bytes or in fragments (RFC 6455, section 10.4).
 */

import { constants, deflateRawSync } from "node:zlib";
import { binary, type Choice, type CloseOutcome, continuation, type Limits, text } from "../case.ts";
import { storedMessage } from "../wire/deflate-writer.ts";
import { failsWith, fragments, type StepCase, type WireCase } from "./expand.ts";

const RULE = "RFC 6455 10.4";
const TOO_BIG: Choice<CloseOutcome> = failsWith(1009);
const TOO_MANY: Choice<CloseOutcome> = failsWith(1009, 1008);

function headerRows({ maxSize }: Limits): WireCase[] {
  const over = BigInt(maxSize) + 1n;
  const half = Buffer.alloc(Math.ceil(maxSize / 2), "h");
  const row = { rule: RULE, strict: true, closed: TOO_BIG, variants: ["whole"] } as const;
  return [
    {
      ...row,
      name: "announced-binary",
      title: "the header of a binary message of maxSize + 1 bytes",
      wire: [{ opcode: 2, announced: over }],
      variants: ["whole", "bytes"],
    },
    {
      ...row,
      name: "announced-text",
      title: "the header of a text message of maxSize + 1 bytes",
      wire: [{ opcode: 1, announced: over }],
      variants: ["whole", "bytes"],
    },
    {
      ...row,
      name: "announced-fragment",
      title: "the header of a first fragment of maxSize + 1 bytes",
      wire: [{ opcode: 2, fin: false, announced: over }],
      variants: ["whole", "bytes"],
    },
    {
      ...row,
      name: "announced-continuation",
      title: "a fragment, then the header of one that makes it maxSize + 1 bytes",
      wire: [text("a", { fin: false }), { opcode: 0, announced: BigInt(maxSize) }],
    },
    {
      ...row,
      name: "announced-after-ping",
      title: "a fragment, a ping, then a header that goes beyond maxSize",
      wire: [text("a", { fin: false }), { opcode: 9 }, { opcode: 0, announced: BigInt(maxSize) }],
      pongs: [Buffer.alloc(0)],
    },
    {
      ...row,
      name: "halves",
      title: "two halves, then one byte more",
      wire: [binary(half, { fin: false }), continuation(half, { fin: false }), continuation("x")],
    },
    {
      ...row,
      name: "whole-binary",
      title: "a whole binary message of maxSize + 1 bytes",
      wire: [binary(Buffer.alloc(maxSize + 1))],
    },
    {
      ...row,
      name: "whole-text",
      title: "a whole text message of maxSize + 1 bytes",
      wire: [text(Buffer.alloc(maxSize + 1, "t"))],
    },
  ];
}

function withinRows({ maxSize }: Limits): WireCase[] {
  const full = Buffer.alloc(maxSize, "full");
  const row = { rule: RULE, variants: ["whole"] } as const;
  const quarters = [0, 1, 2, 3].map((index) => full.subarray((index * maxSize) / 4, ((index + 1) * maxSize) / 4));
  return [
    {
      ...row,
      name: "exact",
      title: "a message of exactly maxSize bytes",
      wire: [binary(full)],
      messages: [{ text: false, payload: full }],
    },
    {
      ...row,
      name: "exact-in-fragments",
      title: "a message of exactly maxSize bytes in four fragments",
      wire: fragments(1, quarters),
      messages: [{ text: true, payload: full }],
    },
    {
      ...row,
      name: "counted-per-message",
      title: "two messages that only together exceed maxSize",
      wire: [binary(full), text("next")],
      messages: [
        { text: false, payload: full },
        { text: true, payload: Buffer.from("next") },
      ],
    },
  ];
}

/** Messages that are small on the wire, or at least seem to be, and larger than maxSize when inflated. */
function bombRows({ maxSize }: Limits): WireCase[] {
  const over = storedMessage(Buffer.alloc(1_000, "z"));
  const row = { rule: RULE, deflate: "", strict: true, closed: TOO_BIG, variants: ["whole"] } as const;
  const blocks = Math.ceil(maxSize / 1_000) + 1;
  const stored = Buffer.concat([...new Array<Buffer>(blocks).fill(over.subarray(0, -1)), Buffer.of(0)]);
  return [
    {
      ...row,
      name: "compressed-in-stored-blocks",
      title: "stored blocks that make more than maxSize bytes",
      wire: [{ opcode: 2, rsv: 4, payload: stored }],
    },
    {
      ...row,
      name: "compressed-bomb-2-mib",
      title: "2 MiB of zeros, compressed",
      wire: [{ opcode: 2, rsv: 4, payload: zeros(2) }],
    },
    {
      ...row,
      name: "compressed-bomb-300-mib",
      title: "300 MiB of zeros, compressed",
      wire: [{ opcode: 2, rsv: 4, payload: zeros(300) }],
    },
    {
      ...row,
      name: "compressed-bomb-text",
      title: "64 MiB of NUL as text, compressed",
      wire: [{ opcode: 1, rsv: 4, payload: zeros(64) }],
    },
    {
      ...row,
      name: "compressed-bomb-in-fragments",
      title: "64 MiB of zeros, compressed, in two fragments",
      wire: fragmentsOf(zeros(64)),
    },
  ];
}

function fragmentsOf(payload: Buffer): WireCase["wire"] {
  const half = payload.length >> 1;
  return [{ opcode: 2, rsv: 4, fin: false, payload: payload.subarray(0, half) }, continuation(payload.subarray(half))];
}

/** So many MiB of zeros, in the form of RFC 7692, section 7.2.1: about a thousandth. */
function zeros(mebibytes: number): Buffer {
  const one = deflateZeros();
  return Buffer.concat([...new Array<Buffer>(mebibytes).fill(one), Buffer.of(0)]);
}

/** A MiB of zeros in whole blocks that end at a byte: they can be repeated. */
function deflateZeros(): Buffer {
  return deflateRawSync(Buffer.alloc(1_048_576), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
}

/** More fragments than any endpoint should take, in less than maxSize bytes. */
function countRows({ maxFragments }: Limits): StepCase[] {
  const rows: readonly (readonly [string, string, string])[] = [
    ["one-byte-fragments", "fragments of one byte", "x"],
    ["empty-fragments", "empty fragments", ""],
  ];
  const tooMany = rows.map(([name, title, payload]): StepCase => {
    return {
      name: `too-many-${name}`,
      title: `more than maxFragments ${title}`,
      rule: RULE,
      strict: true,
      steps: [
        { type: "send", wire: [text(payload, { fin: false })] },
        { type: "send", wire: [continuation(payload, { fin: false })], repeat: maxFragments },
        { type: "closed", codes: TOO_MANY },
      ],
    };
  });
  return [...tooMany, fragmentsInFourKibibytes(), halfOfTheFragments(maxFragments)];
}

function fragmentsInFourKibibytes(): StepCase {
  return {
    name: "4096-fragments",
    title: "4,096 fragments of one byte",
    rule: RULE,
    steps: [
      { type: "send", wire: [text("x", { fin: false })] },
      { type: "send", wire: [continuation("x", { fin: false })], repeat: 4_094 },
      { type: "send", wire: [continuation("x")] },
      { type: "expect", messages: [{ text: true, payload: Buffer.alloc(4_096, "x") }] },
      { type: "close" },
    ],
  };
}

function halfOfTheFragments(maxFragments: number): StepCase {
  const half = Math.floor(maxFragments / 2);
  return {
    name: "half-of-the-fragments",
    title: "half of maxFragments, eight bytes each",
    rule: RULE,
    strict: true,
    steps: [
      { type: "send", wire: [text("eight ch", { fin: false })] },
      { type: "send", wire: [continuation("eight ch", { fin: false })], repeat: half - 2 },
      { type: "send", wire: [continuation("eight ch")] },
      { type: "expect", messages: [{ text: true, payload: Buffer.alloc(half * 8, "eight ch") }] },
      { type: "close" },
    ],
  };
}

export function limitsTable(limits: Limits): WireCase[] {
  return [...headerRows(limits), ...withinRows(limits), ...bombRows(limits)];
}

export function limitsStepTable(limits: Limits): StepCase[] {
  return countRows(limits);
}
