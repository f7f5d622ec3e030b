/**
 * Frames and data that permessage-deflate forbids, and text that turns out not to be UTF-8 (RFC 7692, sections 6.1 and 7.2.2).
 */

import { binaryMessage, type Choice, type CloseOutcome, continuation, text, textMessage } from "../case.ts";
import { pseudoRandomBytes } from "../messages.ts";
import { matchMessage, storedMessage } from "../wire/deflate-writer.ts";
import { ECHO, HELLO, HELLO_AGAIN, hex, packed } from "./deflate.ts";
import { failsWith, type WireCase } from "./expand.ts";

const far: Buffer = pseudoRandomBytes(600, 21);

function reservedBitRows(): WireCase[] {
  const rule = "RFC 7692 6.1";
  const row = { rule, deflate: "", closed: failsWith(1002) } as const;
  const onControl = [8, 9, 10].map((opcode): WireCase => {
    const payload = opcode === 8 ? Buffer.of(3, 232) : Buffer.from("p");
    return {
      ...row,
      name: `rsv1-on-opcode-${opcode}`,
      title: `RSV1 on the control opcode ${opcode}`,
      wire: [{ opcode, rsv: 4, payload }],
    };
  });
  const others = [1, 2, 3, 5, 6, 7].map((rsv): WireCase => {
    const bits = rsv.toString(2).padStart(3, "0");
    return { ...row, name: `rsv-${bits}`, title: `reserved bits ${bits}`, wire: [packed(HELLO, { rsv })] };
  });
  return [
    ...onControl,
    ...others,
    {
      ...row,
      name: "rsv1-on-continuation",
      title: "RSV1 on a compressed message's continuation",
      wire: [packed(HELLO.subarray(0, 3), { fin: false }), continuation(HELLO.subarray(3), { rsv: 4 })],
    },
    {
      ...row,
      name: "rsv1-on-uncompressed-continuation",
      title: "RSV1 on an uncompressed message's continuation",
      wire: [text("Hel", { fin: false }), continuation("lo", { rsv: 4 })],
    },
  ];
}

function corruptRows(): WireCase[] {
  const closed: Choice<CloseOutcome> = failsWith(1002);
  const row = { rule: "RFC 7692 7.2.2", deflate: "", closed } as const;
  const own = "{own}_no_context_takeover";
  return [
    { ...row, name: "corrupt-block-type", title: "the reserved block type", wire: [packed(hex("06"))] },
    { ...row, name: "corrupt-ones", title: "bytes of nothing but ones", wire: [packed(Buffer.alloc(16, 255))] },
    {
      ...row,
      name: "corrupt-stored-length",
      title: "a stored block whose lengths do not match",
      wire: [packed(hex("00 05 00 fa fe 48 65 6c 6c 6f 00"))],
    },
    {
      ...row,
      name: "corrupt-code-lengths",
      title: "a dynamic block whose code lengths are over-subscribed",
      wire: [packed(hex("04 fe ff ff ff ff ff ff ff ff 00"))],
    },
    {
      ...row,
      name: "corrupt-plain-text",
      title: "plain text with RSV1",
      wire: [packed(Buffer.from("this was never compressed at all"))],
    },
    {
      ...row,
      name: "corrupt-second-message",
      title: "a good message, then a corrupt one",
      wire: [packed(HELLO), packed(hex("06"))],
      messages: ECHO,
    },
    {
      ...row,
      name: "corrupt-in-second-fragment",
      title: "a good fragment, then a corrupt one",
      wire: [packed(HELLO, { fin: false }), continuation(hex("07 ff ff"))],
    },
    {
      ...row,
      name: "distance-before-first",
      title: "a distance that goes before the first byte",
      wire: [packed(matchMessage(5, 5))],
    },
    {
      ...row,
      name: "distance-before-first-32768",
      title: "the largest distance in the first message",
      wire: [packed(matchMessage(3, 32_768))],
    },
    {
      ...row,
      name: "distance-one-too-far",
      title: "a distance that is one byte too far",
      wire: [packed(HELLO), packed(matchMessage(5, 6))],
      messages: ECHO,
    },
    {
      ...row,
      name: "distance-without-takeover",
      title: "a reference to the message before, without context takeover",
      deflate: `; ${own}`,
      wire: [packed(HELLO), packed(HELLO_AGAIN)],
      messages: ECHO,
    },
    {
      ...row,
      name: "distance-beyond-window",
      title: "a distance of 600 with a window of 512",
      strict: true,
      deflate: "; {own}_max_window_bits=9",
      wire: [
        { opcode: 2, rsv: 4, payload: storedMessage(far) },
        { opcode: 2, rsv: 4, payload: matchMessage(5, 600) },
      ],
      messages: [binaryMessage(far)],
    },
  ];
}

function utf8Rows(): WireCase[] {
  const euro = storedMessage(Buffer.from("€"));
  const row = { rule: "RFC 6455 8.1", deflate: "", closed: failsWith(1007) } as const;
  return [
    {
      name: "utf8",
      title: "a compressed text of three bytes",
      rule: "RFC 6455 5.6",
      deflate: "",
      wire: [packed(euro)],
      messages: [textMessage("€")],
    },
    {
      name: "utf8-split",
      title: "a compressed text split within a character",
      rule: "RFC 6455 5.6",
      deflate: "",
      wire: [packed(euro.subarray(0, 7), { fin: false }), continuation(euro.subarray(7))],
      messages: [textMessage("€")],
    },
    {
      ...row,
      name: "utf8-invalid",
      title: "a compressed text that is not UTF-8",
      wire: [packed(storedMessage(Buffer.of(0x61, 0xff)))],
    },
    {
      ...row,
      name: "utf8-truncated",
      title: "a compressed text that ends within a character",
      wire: [packed(storedMessage(Buffer.of(0x61, 0xe2, 0x82)))],
    },
    {
      ...row,
      name: "utf8-surrogate",
      title: "a compressed text with a surrogate",
      wire: [packed(storedMessage(Buffer.of(0xed, 0xa0, 0x80)))],
    },
    {
      ...row,
      name: "utf8-invalid-uncompressed",
      title: "an uncompressed text that is not UTF-8",
      wire: [text(Buffer.of(0x61, 0xff))],
    },
  ];
}

export function deflateFaultTable(): WireCase[] {
  return [...reservedBitRows(), ...corruptRows(), ...utf8Rows()];
}
