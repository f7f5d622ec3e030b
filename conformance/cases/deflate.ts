/**
 * Compressed messages once permessage-deflate is agreed upon (RFC 7692, sections 6 and 7.2).
 */

import { binary, binaryMessage, continuation, type MessageSpec, ping, text, textMessage } from "../case.ts";
import { pseudoRandomBytes } from "../messages.ts";
import { matchMessage, storedMessage } from "../wire/deflate-writer.ts";
import type { FrameSpec, Wire } from "../wire/frame.ts";
import type { WireCase } from "./expand.ts";

export const HELLO: Buffer = hex("f2 48 cd c9 c9 07 00");
export const HELLO_AGAIN: Buffer = hex("f2 00 11 00 00");
export const ECHO: readonly MessageSpec[] = [textMessage("Hello")];

export function hex(bytes: string): Buffer {
  return Buffer.from(bytes.replaceAll(" ", ""), "hex");
}

/** A compressed text frame: RSV1 is set. */
export function packed(payload: Uint8Array, frame: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: 1, rsv: 4, payload, ...frame };
}

function exampleRows(): WireCase[] {
  const rule = "RFC 7692 7.2.3";
  const row = (name: string, title: string, wire: readonly Wire[], messages = ECHO): WireCase => {
    return { name, title, rule, deflate: "", wire, messages };
  };
  return [
    row("example-one-frame", "RFC 7692's example: one frame", [packed(HELLO)]),
    row("example-two-frames", "RFC 7692's example: two fragments", [
      packed(HELLO.subarray(0, 3), { fin: false }),
      continuation(HELLO.subarray(3)),
    ]),
    row(
      "example-shared-window",
      "RFC 7692's example: the second message refers to the first",
      [packed(HELLO), packed(HELLO_AGAIN)],
      [...ECHO, ...ECHO],
    ),
    row(
      "example-same-twice",
      "RFC 7692's example: the same bytes twice",
      [packed(HELLO), packed(HELLO)],
      [...ECHO, ...ECHO],
    ),
    row("example-stored", "RFC 7692's example: a stored block", [packed(hex("00 05 00 fa ff 48 65 6c 6c 6f 00"))]),
    row("example-final-block", "RFC 7692's example: a block with BFINAL", [packed(hex("f3 48 cd c9 c9 07 00 00"))]),
    row("example-two-blocks", "RFC 7692's example: two blocks in one message", [
      packed(hex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00")),
    ]),
    row("example-empty", "RFC 7692's example: an empty message", [packed(hex("00"))], [textMessage("")]),
  ];
}

function formRows(): WireCase[] {
  const bytes = pseudoRandomBytes(40, 3);
  const row = { rule: "RFC 7692 7.2.2", deflate: "" } as const;
  return [
    {
      ...row,
      name: "binary",
      title: "a compressed binary message",
      wire: [{ opcode: 2, rsv: 4, payload: storedMessage(bytes) }],
      messages: [binaryMessage(bytes)],
    },
    {
      ...row,
      name: "empty-fixed-block",
      title: "an empty message in a fixed Huffman block",
      wire: [packed(hex("02 00"))],
      messages: [textMessage("")],
    },
    {
      ...row,
      name: "seven-fragments",
      title: "a compressed message in fragments of one byte",
      wire: [...HELLO].map((byte, index) => ({
        opcode: index === 0 ? 1 : 0,
        rsv: index === 0 ? 4 : 0,
        fin: index === 6,
        payload: Buffer.of(byte),
      })),
      messages: ECHO,
    },
    {
      ...row,
      name: "empty-first-fragment",
      title: "a compressed message whose first fragment is empty",
      wire: [packed(Buffer.alloc(0), { fin: false }), continuation(HELLO)],
      messages: ECHO,
    },
    {
      ...row,
      name: "empty-last-fragment",
      title: "a compressed message whose last fragment is empty",
      wire: [packed(HELLO, { fin: false }), continuation("")],
      messages: ECHO,
    },
    {
      ...row,
      name: "ping-between-fragments",
      title: "a ping between compressed fragments",
      wire: [packed(HELLO.subarray(0, 2), { fin: false }), ping("p"), continuation(HELLO.subarray(2))],
      messages: ECHO,
      pongs: [Buffer.from("p")],
    },
  ];
}

function blockRows(): WireCase[] {
  const row = { rule: "RFC 7692 7.2.2", deflate: "" } as const;
  return [
    {
      ...row,
      name: "stored-blocks",
      title: "three stored blocks in one message",
      wire: [
        packed(
          Buffer.concat([
            storedMessage(Buffer.from("He")).subarray(0, -1),
            storedMessage(Buffer.from("ll")).subarray(0, -1),
            storedMessage(Buffer.from("o")),
          ]),
        ),
      ],
      messages: ECHO,
    },
    {
      ...row,
      name: "with-flush-marker-inside",
      title: "a flush marker within the message",
      wire: [packed(hex("f2 48 cd c9 c9 07 00 00 00 ff ff 00"))],
      messages: ECHO,
    },
    {
      ...row,
      name: "final-block-then-message",
      title: "a message behind one with BFINAL",
      wire: [packed(hex("f3 48 cd c9 c9 07 00 00")), packed(HELLO)],
      messages: [...ECHO, ...ECHO],
    },
    {
      ...row,
      name: "final-block-keeps-window",
      title: "a message that refers to one with BFINAL",
      strict: true,
      wire: [packed(hex("f3 48 cd c9 c9 07 00 00")), packed(matchMessage(5, 5))],
      messages: [...ECHO, ...ECHO],
    },
    {
      ...row,
      name: "farthest-distance",
      title: "a distance of 32,768, the largest there is",
      wire: [
        { opcode: 2, rsv: 4, payload: storedMessage(FAR) },
        { opcode: 2, rsv: 4, payload: matchMessage(10, 32_768) },
      ],
      messages: [binaryMessage(FAR), binaryMessage(FAR.subarray(0, 10))],
    },
  ];
}

const FAR: Buffer = pseudoRandomBytes(32_768, 21);

function mixedRows(): WireCase[] {
  const row = { rule: "RFC 7692 6", deflate: "" } as const;
  return [
    { ...row, name: "uncompressed", title: "an uncompressed message", wire: [text("Hello")], messages: ECHO },
    {
      ...row,
      name: "uncompressed-between",
      title: "an uncompressed message between compressed ones does not touch the window",
      wire: [packed(HELLO), text("plain"), packed(HELLO_AGAIN)],
      messages: [...ECHO, textMessage("plain"), ...ECHO],
    },
    {
      ...row,
      name: "uncompressed-fragments",
      title: "an uncompressed message in fragments between compressed ones",
      wire: [packed(HELLO), text("pl", { fin: false }), continuation("ain"), packed(HELLO_AGAIN)],
      messages: [...ECHO, textMessage("plain"), ...ECHO],
    },
    {
      ...row,
      name: "uncompressed-looks-compressed",
      title: "a binary message of compressed bytes without RSV1",
      wire: [binary(HELLO)],
      messages: [binaryMessage(HELLO)],
    },
    {
      ...row,
      name: "no-takeover-same-twice",
      title: "two messages without context takeover",
      deflate: "; {own}_no_context_takeover",
      wire: [packed(HELLO), packed(HELLO)],
      messages: [...ECHO, ...ECHO],
    },
    {
      ...row,
      name: "other-no-takeover",
      title: "context takeover of the suite's direction is not touched by the other's",
      deflate: "; {other}_no_context_takeover",
      wire: [packed(HELLO), packed(HELLO_AGAIN)],
      messages: [...ECHO, ...ECHO],
    },
  ];
}

export function deflateTable(): WireCase[] {
  return [...exampleRows(), ...formRows(), ...blockRows(), ...mixedRows()];
}
