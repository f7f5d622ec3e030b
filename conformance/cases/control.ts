/**
 * Pings, pongs and what all control frames have in common (RFC 6455, section 5.5).
 */

import { binary, binaryMessage, close, ping, pong, text, textMessage } from "../case.ts";
import { pseudoRandomBytes } from "../messages.ts";
import { failsWith, type StepCase, type WireCase } from "./expand.ts";

function payloadRows(): WireCase[] {
  return [0, 1, 2, 4, 5, 31, 64, 123, 124, 125].flatMap((length): WireCase[] => {
    const payload = pseudoRandomBytes(length, length + 3);
    return [
      {
        name: `ping-${length}`,
        title: `a ping of ${length} bytes`,
        rule: "RFC 6455 5.5.2",
        wire: [ping(payload)],
        pongs: [payload],
      },
      {
        name: `pong-${length}`,
        title: `an unsolicited pong of ${length} bytes`,
        rule: "RFC 6455 5.5.3",
        wire: [pong(payload)],
      },
    ];
  });
}

function lengthFaultRows(): WireCase[] {
  const opcodes = [8, 9, 10];
  const tooLong = opcodes.flatMap((opcode) =>
    [126, 127, 65_536].map((length): WireCase => {
      const payload =
        opcode === 8 ? Buffer.concat([Buffer.of(3, 232), Buffer.alloc(length - 2, "r")]) : Buffer.alloc(length);
      return {
        name: `opcode-${opcode}-${length}`,
        title: `a control frame of ${length} bytes, opcode ${opcode}`,
        rule: "RFC 6455 5.5",
        wire: [{ opcode, payload }],
        closed: failsWith(1002),
      };
    }),
  );
  const headerOnly = opcodes.map((opcode): WireCase => {
    return {
      name: `opcode-${opcode}-announces-126`,
      title: `the header alone of a control frame of 126 bytes, opcode ${opcode}`,
      rule: "RFC 6455 5.5",
      strict: true,
      wire: [{ opcode, announced: 126n }],
      closed: failsWith(1002),
      variants: ["whole", "bytes"],
    };
  });
  return [...tooLong, ...headerOnly];
}

function fragmentedRows(): WireCase[] {
  const fails = { rule: "RFC 6455 5.5", closed: failsWith(1002) };
  return [
    { ...fails, name: "ping-fragmented", title: "a ping without FIN", wire: [ping("p", { fin: false })] },
    { ...fails, name: "ping-empty-fragmented", title: "an empty ping without FIN", wire: [ping("", { fin: false })] },
    {
      ...fails,
      name: "pong-fragmented",
      title: "a pong without FIN",
      wire: [{ opcode: 10, payload: Buffer.from("p"), fin: false }],
    },
    {
      ...fails,
      name: "close-fragmented",
      title: "a Close frame without FIN",
      wire: [close(Buffer.of(3, 232), { fin: false })],
    },
    {
      ...fails,
      name: "close-empty-fragmented",
      title: "an empty Close frame without FIN",
      wire: [close(Buffer.alloc(0), { fin: false })],
    },
    {
      ...fails,
      name: "ping-fragmented-in-message",
      title: "a ping without FIN inside a message",
      wire: [text("a", { fin: false }), ping("p", { fin: false })],
    },
  ];
}

function orderRows(): WireCase[] {
  const ten = Array.from({ length: 10 }, (_, index) => `ping ${index}`);
  const buffers = ten.map((payload) => Buffer.from(payload));
  const data = pseudoRandomBytes(400, 77);
  return [
    {
      name: "ten-pings",
      title: "ten pings get ten pongs, in order",
      rule: "RFC 6455 5.5.3",
      wire: ten.map((payload) => ping(payload)),
      pongs: buffers,
    },
    {
      name: "ten-pings-and-messages",
      title: "ten pings among ten messages",
      rule: "RFC 6455 5.5.3",
      wire: ten.flatMap((payload) => [text(payload), ping(payload)]),
      messages: ten.map((payload) => textMessage(payload)),
      pongs: buffers,
    },
    {
      name: "pong-then-ping",
      title: "an unsolicited pong, then a ping with the same payload",
      rule: "RFC 6455 5.5.3",
      wire: [pong("same"), ping("same")],
      pongs: [Buffer.from("same")],
    },
    {
      name: "pings-around-binary",
      title: "pings around a binary message",
      rule: "RFC 6455 5.5.2",
      wire: [ping("1"), binary(data), ping("2")],
      messages: [binaryMessage(data)],
      pongs: [Buffer.from("1"), Buffer.from("2")],
    },
    {
      name: "not-utf8-ping",
      title: "a ping whose payload is not UTF-8",
      rule: "RFC 6455 5.5.2",
      wire: [ping(Buffer.of(0xff, 0xfe, 0xc0))],
      pongs: [Buffer.of(0xff, 0xfe, 0xc0)],
    },
  ];
}

export function controlTable(): WireCase[] {
  return [...payloadRows(), ...lengthFaultRows(), ...fragmentedRows(), ...orderRows()];
}

/** Cases that need more than one send. */
export function controlStepTable(): StepCase[] {
  return [
    {
      name: "thousand-pings",
      title: "a thousand pings at once: the last is answered, and none out of order",
      rule: "RFC 6455 5.5.3",
      strict: true,
      steps: [
        { type: "send", wire: Array.from({ length: 1_000 }, (_, index) => ping(`${index}`)) },
        {
          type: "expect",
          pongs: Array.from({ length: 1_000 }, (_, index) => Buffer.from(`${index}`)),
          onlyLastPong: true,
        },
        { type: "probe" },
        { type: "close" },
      ],
    },
    {
      name: "thousand-pongs",
      title: "a thousand unsolicited pongs do no harm",
      rule: "RFC 6455 5.5.3",
      steps: [{ type: "send", wire: [pong("unsolicited")], repeat: 1_000 }, { type: "probe" }, { type: "close" }],
    },
  ];
}
