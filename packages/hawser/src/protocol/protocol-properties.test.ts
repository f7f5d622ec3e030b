/** What holds for any bytes and any messages. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Endpoint, type WireEvent } from "../../test/support/endpoint.ts";
import { inPieces, message, outcomeOf, sends } from "../../test/support/expectations.ts";
import { TaggingExtension } from "../../test/support/tagging-extension.ts";
import { bytes, concat, type FrameParts, frame, sequence, utf8 } from "../../test/support/wire.ts";
import { Opcode } from "./opcode.ts";
import type { Role } from "./settings.ts";

const SIDES: readonly Role[] = ["server", "client"];

/** Small, so that they are met; large enough for whole messages. */
const limits = { maxSize: 300, maxFragmentSize: 200, maxFragments: 6 };

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.constantFrom("", "x".repeat(126), "é😀"));
const payload = fc.oneof(text.map(utf8), fc.uint8Array({ maxLength: 180 }));
const control = fc.record({
  opcode: fc.constantFrom("ping" as const, "pong" as const),
  payload: fc.uint8Array({ maxLength: 125 }),
});

/** A message in fragments, pings and pongs among them. */
const fragments: fc.Arbitrary<readonly FrameParts[]> = fc
  .record({
    opcode: fc.constantFrom("text" as const, "binary" as const),
    parts: fc.array(text.map(utf8), { minLength: 1, maxLength: 4 }),
    between: fc.array(control, { maxLength: 4 }),
  })
  .map(({ opcode, parts, between }) =>
    parts.flatMap((part, index): readonly FrameParts[] => [
      ...between.slice(index, index + 1),
      { opcode: index === 0 ? opcode : "continuation", payload: part, fin: index === parts.length - 1 },
    ]),
  );

/** Anything that a frame's parts allow, most of it wrong. */
const anyFrame: fc.Arbitrary<FrameParts> = fc.record(
  {
    opcode: fc.oneof(
      fc.constantFrom("text" as const, "binary" as const, "continuation" as const, "close" as const),
      fc.nat(15),
    ),
    payload,
    fin: fc.boolean(),
    rsv: fc.constantFrom(0, 0, 0, 0x40),
  },
  { requiredKeys: ["opcode"] },
);

const stream: fc.Arbitrary<readonly FrameParts[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fragments },
      { weight: 2, arbitrary: control.map((one) => [one]) },
      { weight: 1, arbitrary: anyFrame.map((one) => [one]) },
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.flat());

/** Lengths of the pieces that bytes arrive in, begun again when they are used up. */
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

function cut(content: Uint8Array, lengths: readonly number[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, index = 0; at < content.length; index++) {
    const length = lengths[index % lengths.length]!;
    pieces.push(content.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

describe.each(SIDES)("%s", (side) => {
  const tagging = (): readonly TaggingExtension[] => [new TaggingExtension("", 0x40)];

  test("any split of a stream of frames comes to the same", () => {
    fc.assert(
      fc.property(stream, cuts, (frames, lengths) => {
        const wire = sequence(...frames.map(frame))(side);
        const whole = inPieces(side, [wire], { settings: limits, extensions: tagging() });
        const split = inPieces(side, cut(wire, lengths), { settings: limits, extensions: tagging() });
        expect(split).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test("any bytes are taken, and refused with 1002, 1007 or 1009 if at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (garbage, lengths) => {
        const endpoint = new Endpoint(side, { settings: limits });
        for (const one of cut(garbage, lengths)) endpoint.receive(one);
        const { sent, received, fault } = endpoint.protocol.closeInfo;
        if (sent === undefined) return;
        if (fault === undefined) expect(sent).toEqual(received);
        else expect([1002, 1007, 1009]).toContain(sent.code);
        expect(outcomeOf(endpoint)).toEqual(inPieces(side, [garbage], { settings: limits }));
      }),
      { numRuns: 500 },
    );
  });

  test("frames of any parts are refused with 1002, 1007 or 1009 if at all", () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 8 }), (frames) => {
        const endpoint = new Endpoint(side, { settings: limits });
        endpoint.receive(sequence(...frames.map(frame))(side));
        const { sent, received, fault } = endpoint.protocol.closeInfo;
        if (fault !== undefined) expect([1002, 1007, 1009]).toContain(sent?.code);
        else expect(sent).toEqual(received);
      }),
      { numRuns: 500 },
    );
  });
});

/** What one side may send, and what the other then reports. */
type Sending = (endpoint: Endpoint) => WireEvent;

const textSent: fc.Arbitrary<Sending> = text.map((content) => (endpoint) => {
  endpoint.protocol.sendText(content);
  return message(utf8Text(content));
});

const bytesSent: fc.Arbitrary<Sending> = fc.uint8Array({ maxLength: 400 }).map((content) => (endpoint) => {
  endpoint.protocol.sendBytes(content);
  return message(Uint8Array.from(content));
});

const manyBytesSent: fc.Arbitrary<Sending> = fc.constantFrom(65_535, 65_536, 70_001).map((length) => (endpoint) => {
  endpoint.protocol.sendBytes(bytes(length));
  return message(bytes(length));
});

const fragmentsSent: fc.Arbitrary<Sending> = fc
  .array(fc.uint8Array({ maxLength: 90 }), { minLength: 1, maxLength: 5 })
  .map((parts) => (endpoint) => {
    for (const [index, part] of parts.entries()) {
      endpoint.protocol.sendFragment(part, Opcode.BINARY, index === parts.length - 1);
      endpoint.protocol.ping(part, 0);
    }
    return message(concat(...parts));
  });

const sendings: fc.Arbitrary<Sending> = fc.oneof(
  { weight: 6, arbitrary: textSent },
  { weight: 6, arbitrary: bytesSent },
  { weight: 6, arbitrary: fragmentsSent },
  { weight: 1, arbitrary: manyBytesSent },
);

/** Lone surrogates do not survive. */
function utf8Text(content: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(content));
}

/** Hands what each has sent to the other, in pieces, until neither has anything to say. */
function exchange(a: Endpoint, b: Endpoint, lengths: readonly number[]): void {
  for (let hasMore = true; hasMore; ) {
    hasMore = false;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const sent = from.takeSent();
      if (sent.length > 0) hasMore = true;
      for (const one of cut(sent, sent.length > 10_000 ? [9_999] : lengths)) to.receive(one);
    }
  }
}

function messagesOf(endpoint: Endpoint): readonly WireEvent[] {
  return endpoint.takeEvents().filter(({ type }) => type === "message");
}

test.each([
  ["without extensions", 0],
  ["with one extension", 1],
  ["with two extensions", 2],
])("%s, a server and a client exchange any messages intact, and close", (_name, count) => {
  const extensions = (): readonly TaggingExtension[] =>
    [new TaggingExtension("A:", 0x40), new TaggingExtension("B:", 0x20)].slice(0, count);
  const exchanges = fc.array(fc.tuple(fc.boolean(), sendings), { maxLength: 8 });
  fc.assert(
    fc.property(exchanges, cuts, fc.boolean(), (all, lengths, serverCloses) => {
      const server = new Endpoint("server", { extensions: extensions() });
      const client = new Endpoint("client", { extensions: extensions() });
      const toServer: WireEvent[] = [];
      const toClient: WireEvent[] = [];
      for (const [fromServer, send] of all) {
        if (fromServer) toClient.push(send(server));
        else toServer.push(send(client));
      }
      exchange(server, client, lengths);
      expect(messagesOf(server)).toEqual(toServer);
      expect(messagesOf(client)).toEqual(toClient);
      (serverCloses ? server : client).protocol.close(1001, "done", 0);
      exchange(server, client, lengths);
      const status = { code: 1001, reason: "done" };
      const info = { ...status, sent: status, received: status, fault: undefined };
      expect(server.protocol.closeInfo).toEqual({ ...info, receivedThenSent: !serverCloses });
      expect(client.protocol.closeInfo).toEqual({ ...info, receivedThenSent: serverCloses });
    }),
    { numRuns: 60 },
  );
});

test("a client's masking keys are asked for once a frame", () => {
  const keys = [0x01020304, -1, 0];
  const client = new Endpoint("client", { settings: { maskingKeys: () => keys.pop() ?? expect.fail("no more keys") } });
  client.protocol.sendText("a");
  client.protocol.ping(utf8("b"), 0);
  client.protocol.sendBytes(bytes(300));
  expect(keys).toEqual([]);
  expect(client.takeEvents()).toEqual([sends("text", "a"), sends("ping", "b"), sends("binary", bytes(300))]);
});
