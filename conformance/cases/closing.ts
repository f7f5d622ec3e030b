/**
 * The closing handshake and every other way a connection ends (RFC 6455, sections 5.5.1 and 7).
 */

import { always, binary, type CloseOutcome, close, continuation, ping, type Step, text, textMessage } from "../case.ts";
import { isSendableCode } from "../session.ts";
import { closePayload } from "../wire/frame.ts";
import { closesWith, failsWith, type StepCase, type WireCase } from "./expand.ts";

const CODES = [
  0, 1, 125, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016,
  1100, 1999, 2000, 2999, 3000, 3001, 3999, 4000, 4001, 4999, 5000, 5001, 9999, 32_768, 65_535,
];
/** Registered after RFC 6455, which an endpoint need not know. */
const LATER_CODES = [1012, 1013, 1014];

function codeRows(): WireCase[] {
  return CODES.map((code) => {
    const isValid = isSendableCode(code);
    const mayRefuse = LATER_CODES.includes(code) ? [1002, "none" as const] : [];
    const echoes = { strict: [code], rfc: [...closesWith(code).rfc, ...mayRefuse] };
    return {
      name: `code-${code}`,
      title: `a Close frame with the code ${code}`,
      rule: "RFC 6455 7.4",
      wire: [close(closePayload(code))],
      closed: isValid ? echoes : failsWith(1002),
    };
  });
}

function payloadRows(): WireCase[] {
  const closes = { rule: "RFC 6455 5.5.1", closed: closesWith(1000) };
  const invalid = { rule: "RFC 6455 5.5.1", closed: { ...failsWith(1007), rfc: failsWith(1002).rfc } };
  return [
    {
      name: "empty",
      title: "a Close frame without a code",
      rule: "RFC 6455 7.1.5",
      wire: [close()],
      closed: closesWith("empty", 1000),
    },
    {
      name: "one-byte",
      title: "a Close frame of one byte",
      rule: "RFC 6455 5.5.1",
      wire: [close(Buffer.of(3))],
      closed: failsWith(1002),
    },
    { ...closes, name: "reason", title: "a Close frame with a reason", wire: [close(closePayload(1000, "good bye"))] },
    {
      ...closes,
      name: "reason-123",
      title: "a Close frame with the longest reason",
      wire: [close(closePayload(1000, "r".repeat(123)))],
    },
    { ...closes, name: "reason-utf8", title: "a reason in Greek", wire: [close(closePayload(1000, "κόσμε"))] },
    { ...closes, name: "reason-nul", title: "a reason with a NUL", wire: [close(closePayload(1000, "a\0b"))] },
    {
      ...invalid,
      name: "reason-invalid",
      title: "a reason that is not UTF-8",
      wire: [close(closePayload(1000, Buffer.of(0x61, 0xff)))],
    },
    {
      ...invalid,
      name: "reason-surrogate",
      title: "a reason with a surrogate",
      wire: [close(closePayload(1000, Buffer.of(0xed, 0xa0, 0x80)))],
    },
    {
      ...invalid,
      name: "reason-truncated",
      title: "a reason that ends within a character",
      wire: [close(closePayload(1000, Buffer.of(0x61, 0xe2, 0x82)))],
    },
  ];
}

function orderRows(): WireCase[] {
  const closes = { rule: "RFC 6455 5.5.1", closed: closesWith(1000), variants: ["whole", "bytes"] as const };
  const goodBye = close(closePayload(1000));
  return [
    { ...closes, name: "then-text", title: "a text behind the Close frame is ignored", wire: [goodBye, text("late")] },
    {
      ...closes,
      name: "then-binary",
      title: "a binary message behind the Close frame is ignored",
      wire: [goodBye, binary(Buffer.of(1))],
    },
    { ...closes, name: "then-ping", title: "a ping behind the Close frame is ignored", wire: [goodBye, ping("late")] },
    {
      ...closes,
      name: "then-close",
      title: "a second Close frame is ignored",
      wire: [goodBye, close(closePayload(1001))],
    },
    {
      ...closes,
      name: "then-garbage",
      title: "garbage behind the Close frame is ignored",
      wire: [goodBye, Buffer.alloc(32, 255)],
    },
    {
      ...closes,
      name: "after-text",
      title: "a text, then a Close frame",
      wire: [text("before"), goodBye],
      messages: [textMessage("before")],
    },
    {
      ...closes,
      name: "after-ping",
      title: "a ping, then a Close frame",
      wire: [ping("before"), goodBye],
      pongs: [Buffer.from("before")],
    },
    {
      ...closes,
      name: "inside-message",
      title: "a Close frame inside a message",
      wire: [text("unfinished", { fin: false }), goodBye],
    },
    {
      ...closes,
      name: "inside-message-then-rest",
      title: "a Close frame inside a message, then the message's end",
      wire: [text("un", { fin: false }), goodBye, continuation("late")],
    },
    {
      ...closes,
      name: "inside-long-message",
      title: "a Close frame behind many fragments",
      wire: [
        text("a", { fin: false }),
        ...Array.from({ length: 20 }, () => continuation("b", { fin: false })),
        goodBye,
      ],
    },
  ];
}

export function closingTable(): WireCase[] {
  return [...codeRows(), ...payloadRows(), ...orderRows()];
}

const RULE = "RFC 6455 7.1.1";
const SEND_HELLO: Step = { type: "send", wire: [text("Hello")] };
const EXPECT_HELLO: Step = { type: "expect", messages: [textMessage("Hello")] };
const SEND_CLOSE: Step = { type: "send", wire: [close(closePayload(1000))] };
const AGAIN: readonly Step[] = [{ type: "reconnect" }, { type: "probe" }, { type: "close" }];

function handshakeCases(): StepCase[] {
  return [
    {
      name: "after-echo",
      title: "a message, its echo, then the closing handshake",
      rule: RULE,
      steps: [SEND_HELLO, EXPECT_HELLO, { type: "close" }],
    },
    {
      name: "server-ends-tcp",
      title: "the server ends TCP first, without waiting for the client",
      rule: RULE,
      roles: ["server"],
      steps: [SEND_CLOSE, { type: "closed", codes: closesWith(1000) }],
    },
  ];
}

function finishCases(): StepCase[] {
  return [
    {
      name: "fin-at-once",
      title: "FIN right after the handshake",
      rule: RULE,
      steps: [{ type: "finish" }, { type: "ended" }],
    },
    {
      name: "fin-after-echo",
      title: "FIN without a Close frame after an echo",
      rule: RULE,
      steps: [SEND_HELLO, EXPECT_HELLO, { type: "finish" }, { type: "ended" }],
    },
    {
      name: "fin-behind-text",
      title: "FIN right behind a message",
      rule: RULE,
      steps: [SEND_HELLO, { type: "finish" }, { type: "ended", messages: [textMessage("Hello")] }],
    },
    {
      name: "fin-inside-message",
      title: "FIN inside a message",
      rule: RULE,
      steps: [{ type: "send", wire: [text("Hel", { fin: false })] }, { type: "finish" }, { type: "ended" }],
    },
    {
      name: "fin-inside-frame",
      title: "FIN inside a frame's payload",
      rule: RULE,
      steps: [{ type: "send", wire: [text("Hel", { announced: 10n })] }, { type: "finish" }, { type: "ended" }],
    },
    {
      name: "fin-inside-header",
      title: "FIN inside a frame's header",
      rule: RULE,
      steps: [{ type: "send", wire: [Buffer.of(0x82)] }, { type: "finish" }, { type: "ended" }],
    },
    {
      name: "fin-behind-close",
      title: "FIN right behind the Close frame",
      rule: RULE,
      steps: [SEND_CLOSE, { type: "finish" }, { type: "closed", codes: always<CloseOutcome>(1000, "empty", "none") }],
    },
  ];
}

function resetCases(): StepCase[] {
  return [
    {
      name: "reset-at-once",
      title: "RST right after the handshake, then another connection",
      rule: RULE,
      roles: ["server"],
      steps: [{ type: "reset" }, ...AGAIN],
    },
    {
      name: "reset-behind-text",
      title: "RST right behind a message, then another connection",
      rule: RULE,
      roles: ["server"],
      steps: [SEND_HELLO, { type: "reset" }, ...AGAIN],
    },
    {
      name: "reset-inside-message",
      title: "RST inside a message, then another connection",
      rule: RULE,
      roles: ["server"],
      steps: [{ type: "send", wire: [text("Hel", { fin: false })] }, { type: "reset" }, ...AGAIN],
    },
    {
      name: "reset-behind-close",
      title: "RST right behind the Close frame, then another connection",
      rule: RULE,
      roles: ["server"],
      steps: [SEND_CLOSE, { type: "reset" }, ...AGAIN],
    },
  ];
}

/** Whoever ends the connection, and however. */
export function closingStepTable(): StepCase[] {
  return [...handshakeCases(), ...finishCases(), ...resetCases()];
}
