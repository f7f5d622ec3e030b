/**
 * Single frames: lengths, reserved bits, opcodes, masks (RFC 6455, sections 5.1 to 5.3).
 */

import { binary, binaryMessage, type Limits, text, textMessage } from "../case.ts";
import { pseudoRandomBytes } from "../messages.ts";
import { failsWith, type WireCase } from "./expand.ts";

const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 124, 125, 126, 127, 128, 255, 256, 65_534, 65_535, 65_536, 65_537, 131_072];
const KEYS: readonly (readonly [string, readonly number[]])[] = [
  ["zero", [0, 0, 0, 0]],
  ["ones", [255, 255, 255, 255]],
  ["one-byte", [0, 0, 0, 1]],
  ["of-text", [0x48, 0x65, 0x6c, 0x6c]],
];

function lengthRows(maxSize: number): WireCase[] {
  const lengths = [...LENGTHS, 1_048_576].filter((length) => length <= maxSize);
  return lengths.flatMap((length): WireCase[] => {
    const bytes = pseudoRandomBytes(length, length + 1);
    const letters = "x".repeat(length);
    const rule = "RFC 6455 5.2";
    return [
      {
        name: `binary-${length}`,
        title: `a binary message of ${length} bytes`,
        rule,
        wire: [binary(bytes)],
        messages: [binaryMessage(bytes)],
      },
      {
        name: `text-${length}`,
        title: `a text message of ${length} bytes`,
        rule,
        wire: [text(letters)],
        messages: [textMessage(letters)],
      },
    ];
  });
}

/** Lengths in more bytes than they need. */
function nonMinimalRows(): WireCase[] {
  const forms = [
    [0, 2],
    [5, 2],
    [125, 2],
    [0, 8],
    [125, 8],
    [126, 8],
    [65_535, 8],
  ] as const;
  return forms.map(([length, lengthBytes]) => ({
    name: `length-${length}-in-${lengthBytes}-bytes`,
    title: `a length of ${length} encoded in ${lengthBytes} bytes`,
    rule: "RFC 6455 5.2",
    wire: [binary(new Uint8Array(length), { lengthBytes })],
    closed: failsWith(1002),
  }));
}

function reservedBitRows(): WireCase[] {
  return [1, 2, 3, 4, 5, 6, 7].flatMap((rsv): WireCase[] => {
    const bits = rsv.toString(2).padStart(3, "0");
    return [1, 2, 8, 9, 10].map((opcode) => ({
      name: `rsv-${bits}-opcode-${opcode}`,
      title: `reserved bits ${bits} on opcode ${opcode}, without an extension`,
      rule: "RFC 6455 5.2",
      wire: [{ opcode, rsv, payload: opcode === 8 ? Buffer.of(3, 232) : Buffer.from("reserved") }],
      closed: failsWith(1002),
    }));
  });
}

function reservedOpcodeRows(): WireCase[] {
  return [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode): WireCase[] => [
    {
      name: `opcode-${opcode}`,
      title: `the reserved opcode ${opcode}`,
      rule: "RFC 6455 5.2",
      wire: [{ opcode, payload: Buffer.from("reserved") }],
      closed: failsWith(1002),
    },
    {
      name: `opcode-${opcode}-empty-after-message`,
      title: `the reserved opcode ${opcode}, empty, behind a message`,
      rule: "RFC 6455 5.2",
      wire: [text("before"), { opcode }],
      messages: [textMessage("before")],
      closed: failsWith(1002),
    },
  ]);
}

function maskRows(): WireCase[] {
  const opcodes = [0, 1, 2, 8, 9, 10];
  const wrong = opcodes.flatMap((opcode): WireCase[] => {
    const payload = opcode === 8 ? Buffer.of(3, 232) : Buffer.from("mask");
    const row = { rule: "RFC 6455 5.1", closed: failsWith(1002) };
    return [
      {
        ...row,
        name: `unmasked-opcode-${opcode}`,
        title: `a client's frame without a mask, opcode ${opcode}`,
        roles: ["server"],
        wire: [{ opcode, payload, masked: false }],
      },
      {
        ...row,
        name: `masked-opcode-${opcode}`,
        title: `a server's frame with a mask, opcode ${opcode}`,
        roles: ["client"],
        wire: [{ opcode, payload, masked: true }],
      },
    ];
  });
  const right = KEYS.map(([name, key]): WireCase => {
    return {
      name: `masking-key-${name}`,
      title: `a masking key of ${name}`,
      rule: "RFC 6455 5.3",
      roles: ["server"],
      wire: [text("Hello", { maskingKey: Uint8Array.from(key) })],
      messages: [textMessage("Hello")],
    };
  });
  return [...wrong, ...right];
}

/** Lengths that no endpoint can take, refused when the header is there and the payload is not. */
function hugeLengthRows(): WireCase[] {
  const lengths: readonly (readonly [string, bigint, number])[] = [
    ["2-to-31", 2n ** 31n, 1009],
    ["2-to-32", 2n ** 32n, 1009],
    ["2-to-32-plus-1", 2n ** 32n + 1n, 1009],
    ["2-to-53-plus-1", 2n ** 53n + 1n, 1009],
    ["2-to-62", 2n ** 62n, 1009],
    ["2-to-63-less-1", 2n ** 63n - 1n, 1009],
    ["2-to-63", 2n ** 63n, 1002],
    ["2-to-64-less-1", 2n ** 64n - 1n, 1002],
  ];
  return lengths.map(([name, announced, code]) => ({
    name: `length-${name}`,
    title: `a frame that announces ${announced} bytes`,
    rule: code === 1002 ? "RFC 6455 5.2" : "RFC 6455 10.4",
    wire: [binary(new Uint8Array(0), { announced })],
    closed: failsWith(code),
    variants: ["whole", "bytes"],
  }));
}

function sequenceRows(): WireCase[] {
  const many = Array.from({ length: 20 }, (_, index) => `message ${index}`);
  return [
    {
      name: "many-in-one-segment",
      title: "twenty messages in one segment",
      rule: "RFC 6455 5.4",
      wire: many.map((payload) => text(payload)),
      messages: many.map((payload) => textMessage(payload)),
      variants: ["whole", "bytes", "trailing"],
    },
    {
      name: "text-and-binary",
      title: "text and binary messages in turn",
      rule: "RFC 6455 5.6",
      wire: [text("a"), binary(Buffer.of(0xff)), text(""), binary(Buffer.alloc(0)), text("b")],
      messages: [
        textMessage("a"),
        binaryMessage(Buffer.of(0xff)),
        textMessage(""),
        binaryMessage(Buffer.alloc(0)),
        textMessage("b"),
      ],
    },
    {
      name: "http-behind-handshake",
      title: "an HTTP request in the place of a frame",
      rule: "RFC 6455 5.1",
      wire: [Buffer.from("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")],
      closed: failsWith(1002),
    },
    {
      name: "all-ones",
      title: "bytes of nothing but ones",
      rule: "RFC 6455 5.2",
      wire: [Buffer.alloc(64, 255)],
      closed: failsWith(1002),
    },
  ];
}

export function framingTable(limits: Limits): WireCase[] {
  return [
    ...lengthRows(limits.maxSize),
    ...nonMinimalRows(),
    ...reservedBitRows(),
    ...reservedOpcodeRows(),
    ...maskRows(),
    ...hugeLengthRows(),
    ...sequenceRows(),
  ];
}
