/** What is counted of the messages and bytes that go over a connection. */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import { LaterExtension } from "../../test/support/later-extension.ts";
import { TaggingExtension } from "../../test/support/tagging-extension.ts";
import { bytes, frame, sequence, utf8 } from "../../test/support/wire.ts";
import type { Extension } from "./extension.ts";
import { FIN, serializeFrame } from "./frame-writer.ts";
import { ENCODED_LATER } from "./message-sender.ts";
import { Opcode } from "./opcode.ts";
import type { Role } from "./settings.ts";
import { addTraffic, countMessage, countSizes, createTraffic, sentBytes, sizeClassLimit } from "./traffic.ts";

describe.each<Role>(["server", "client"])("%s", (side) => {
  function counting(extensions: readonly Extension[] = []) {
    const traffic = createTraffic();
    countSizes(traffic);
    const endpoint = new Endpoint(side, { settings: { traffic }, extensions });
    return { endpoint, protocol: endpoint.protocol, traffic };
  }

  test.each([
    ["nothing", 0, 0],
    ["what has the shortest header", 125, 0],
    ["what has a longer one", 126, 0],
    ["what has the longest", 65_536, 0],
    ["what is not ASCII", 3, 3],
  ])("a text of %s, sent", (_case, length, marks) => {
    const { endpoint, protocol, traffic } = counting();
    protocol.sendText("a".repeat(length) + "é".repeat(marks));
    const size = length + 2 * marks;
    expect(traffic.sent).toMatchObject({ texts: 1, binaries: 0, payloadBytes: size });
    expect(sentBytes(traffic.sent)).toBe(endpoint.takeSent().length);
  });

  test("whatever is sent: the bytes counted are those that went out", async () => {
    const later = new LaterExtension("A:", 0x40);
    const { endpoint, protocol, traffic } = counting([later]);
    protocol.sendText("text");
    protocol.sendBytes(bytes(300));
    protocol.sendBytes(bytes(5), Opcode.TEXT, false);
    protocol.sendFragment(bytes(7), Opcode.BINARY, false);
    protocol.sendFragment(bytes(400), Opcode.BINARY, true);
    protocol.ping(bytes(3), 0);
    protocol.pong(bytes(4));
    const encoding = protocol.encodeLater(bytes(ENCODED_LATER), Opcode.TEXT);
    later.encodings[0]!.finish({ payload: utf8("A:short"), sent() {} });
    protocol.sendEncoded((await encoding)!);
    protocol.close(1000, "done", 0);
    expect(traffic.sent).toMatchObject({ texts: 3, binaries: 2 });
    expect(traffic.sent.payloadBytes).toBe(4 + 300 + 5 + 407 + ENCODED_LATER);
    expect(sentBytes(traffic.sent)).toBe(endpoint.takeSent().length);
  });

  test("whatever is received", () => {
    const { endpoint, traffic } = counting([new TaggingExtension("A:", 0x40)]);
    const wire = sequence(
      frame({ opcode: "text", payload: "héllo" }),
      frame({ opcode: "binary", payload: bytes(200) }),
      frame({ opcode: "text", payload: "A:tagged", rsv: 0x40 }),
      frame({ opcode: "binary", payload: bytes(10), fin: false }),
      frame({ opcode: "ping", payload: "hi" }),
      frame({ opcode: "continuation", payload: bytes(20) }),
      frame({ opcode: "binary", payload: utf8("A:123"), rsv: 0x40 }),
    )(side);
    for (const octet of wire) endpoint.receive(Uint8Array.of(octet));
    expect(traffic.received).toMatchObject({
      texts: 2,
      binaries: 3,
      payloadBytes: 6 + 200 + 6 + 30 + 3,
      frameBytes: wire.length,
    });
  });

  test("a message received in pieces counts once, with all its bytes", () => {
    const { endpoint, traffic } = counting();
    const cut = utf8("aé");
    endpoint.protocol.streamMessage();
    const wire = sequence(
      frame({ opcode: "text", payload: cut.subarray(0, 2), fin: false }),
      frame({ opcode: "continuation", payload: cut.subarray(2), fin: false }),
      frame({ opcode: "continuation" }),
      frame({ opcode: "binary", payload: bytes(3) }),
    )(side);
    endpoint.receive(wire);
    expect(traffic.received).toMatchObject({ texts: 1, binaries: 1, payloadBytes: 6, frameBytes: wire.length });
  });

  test("while nobody asks for sizes", () => {
    const traffic = createTraffic();
    const endpoint = new Endpoint(side, { settings: { traffic } });
    endpoint.protocol.sendText("abc");
    endpoint.receive(frame({ opcode: "text", payload: "de" })(side));
    expect([traffic.sent.payloadBytes, traffic.received.payloadBytes, traffic.sent.sizes]).toEqual([3, 2, undefined]);
  });

  test("without anybody who wants to know, nothing is counted and all else is the same", () => {
    const { protocol } = new Endpoint(side);
    protocol.sendFragment(bytes(1), Opcode.BINARY, true);
    expect(protocol.sendText("a")).toBe(true);
  });
});

test.each(["text", "binary"] as const)("a %s frame for many counts as the message that it is", (type) => {
  const traffic = createTraffic();
  const endpoint = new Endpoint("server", { settings: { traffic } });
  const shared = serializeFrame(FIN | (type === "text" ? Opcode.TEXT : Opcode.BINARY), bytes(130));
  endpoint.protocol.sendShared(shared, 500);
  expect(traffic.sent).toMatchObject({ [type === "text" ? "texts" : "binaries"]: 1, payloadBytes: 500 });
  expect(sentBytes(traffic.sent)).toBe(shared.length);
});

describe("sizes", () => {
  test.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [1023, 10],
    [1024, 11],
    [0x7fff_ffff, 31],
    [0xffff_ffff, 32],
  ])("%i bytes are of class %i", (size, expected) => {
    const traffic = createTraffic();
    countSizes(traffic);
    countMessage(traffic.received, false, size);
    expect(traffic.received.sizes!.indexOf(1)).toBe(expected);
    expect(size).toBeLessThanOrEqual(sizeClassLimit(expected));
    expect(size).toBeGreaterThan(sizeClassLimit(expected - 1));
  });

  test("are counted since somebody asked, and beginning twice changes nothing", () => {
    const traffic = createTraffic();
    countMessage(traffic.sent, true, 100);
    countSizes(traffic);
    countMessage(traffic.sent, true, 10);
    countSizes(traffic);
    const { sizes, unsizedBytes, payloadBytes } = traffic.sent;
    expect([sizes!.reduce((sum, count) => sum + count), unsizedBytes, payloadBytes]).toEqual([1, 100, 110]);
  });
});

test("the sum of several, with and without sizes", () => {
  const [sum, sized, plain] = [createTraffic(), createTraffic(), createTraffic()];
  countSizes(sized);
  countMessage(sized.sent, true, 3);
  countMessage(plain.sent, false, 5);
  for (const traffic of [plain, sized, sized]) addTraffic(sum, traffic);
  expect(sum.sent).toMatchObject({ texts: 2, binaries: 1, payloadBytes: 11, unsizedBytes: 5 });
  expect(sum.sent.sizes![2]).toBe(2);
});
