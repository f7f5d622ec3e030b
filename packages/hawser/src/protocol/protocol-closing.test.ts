/** The closing handshake (RFC 6455, sections 5.5.1 and 7.1.2). */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import {
  answers,
  closing,
  endsIfServer,
  fails,
  feeds,
  message,
  outcomeOf,
  pong,
  ponged,
  sends,
  sendsClose,
  whole,
} from "../../test/support/expectations.ts";
import { BROKEN_UTF8, CUT_UTF8 } from "../../test/support/utf8-samples.ts";
import { bytes, closeFrame, concat, frame, sequence, utf8 } from "../../test/support/wire.ts";
import { FIN, serializeFrame } from "./frame-writer.ts";
import { Opcode } from "./opcode.ts";
import type { Role } from "./settings.ts";

const SIDES: readonly Role[] = ["server", "client"];

const VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const INVALID_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

function closedAfter(endpoint: Endpoint): unknown {
  endpoint.takeEvents();
  endpoint.protocol.transportEnded(0);
  return endpoint.takeEvents();
}

describe.each(SIDES)("%s: a Close frame is answered with the same", (side) => {
  test.each(VALID_CODES)("%i", (code) => {
    const expected = answers(sendsClose(code, "bye"), closing, endsIfServer(side));
    for (const feed of feeds) expect(feed(side, closeFrame(code, "bye"))).toEqual(expected);
  });

  test("empty", () => {
    for (const feed of feeds)
      expect(feed(side, closeFrame())).toEqual(answers(sendsClose(), closing, endsIfServer(side)));
  });

  test.each([
    ["without a reason", "", 1001],
    ["with the longest reason", "x".repeat(123), 3000],
    ["with a reason of other characters", "€😀", 4000],
  ])("%s", (_name, reason, code) => {
    const expected = answers(sendsClose(code, reason), closing, endsIfServer(side));
    for (const feed of feeds) expect(feed(side, closeFrame(code, reason))).toEqual(expected);
  });

  test("and it says how the connection ended", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(closeFrame(4001, "bye")(side));
    const status = { code: 4001, reason: "bye" };
    const info = { ...status, received: status, sent: status, receivedThenSent: true, fault: undefined };
    expect(endpoint.protocol.closeInfo).toEqual(info);
    expect(closedAfter(endpoint)).toEqual([{ type: "closed", info }]);
  });

  test("an empty one has the code 1005", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(closeFrame()(side));
    const status = { code: 1005, reason: "" };
    expect(endpoint.protocol.closeInfo).toMatchObject({ ...status, received: status, sent: status });
  });
});

describe.each(SIDES)("%s: a Close frame is refused", (side) => {
  test.each(INVALID_CODES)("with the code %i", (code) => {
    const expected = fails(1002, "CLOSE_CODE_INVALID", String(code));
    for (const feed of feeds) expect(feed(side, closeFrame(code, "bye"))).toEqual(expected);
  });

  test("of a single byte", () => {
    const wire = frame({ opcode: "close", payload: bytes(1) });
    for (const feed of feeds) expect(feed(side, wire)).toEqual(fails(1002, "CLOSE_PAYLOAD_INVALID"));
  });

  test.each([...BROKEN_UTF8, ...CUT_UTF8])("with the reason %s", (_name, octets) => {
    const expected = fails(1007, "UTF8_INVALID", "the reason of a Close frame");
    for (const feed of feeds) expect(feed(side, closeFrame(1000, octets))).toEqual(expected);
  });

  test("with a reason of 124 bytes", () => {
    for (const feed of feeds) expect(feed(side, closeFrame(1000, bytes(124)))).toEqual(fails(1002, "CONTROL_TOO_LONG"));
  });
});

describe.each(SIDES)("%s: after the peer's Close frame", (side) => {
  test.each([
    ["a message", frame({ opcode: "text", payload: "late" })],
    ["a ping", frame({ opcode: "ping" })],
    ["a second Close frame", closeFrame(1001)],
    ["garbage", () => Uint8Array.of(0xff, 0xff, 0xff)],
  ])("%s is ignored", (_name, late) => {
    const expected = answers(sendsClose(1000), closing, endsIfServer(side));
    for (const feed of feeds) expect(feed(side, sequence(closeFrame(1000), late))).toEqual(expected);
  });

  test("what came before it was received, and a message in progress is given up", () => {
    const wire = sequence(
      frame({ opcode: "text", payload: "a" }),
      frame({ opcode: "text", payload: "b", fin: false }),
      closeFrame(1000),
      frame({ opcode: "continuation", payload: "c" }),
    );
    const expected = answers(message("a"), sendsClose(1000), closing, endsIfServer(side));
    for (const feed of feeds) expect(feed(side, wire)).toEqual(expected);
  });
});

describe.each(SIDES)("%s: close", (side) => {
  test("sends a Close frame, and waits for the peer's", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.close(1001, "away", 5);
    expect(endpoint.takeEvents()).toEqual([sendsClose(1001, "away"), closing]);
    expect(endpoint.protocol.state).toBe("closing");
    endpoint.receive(closeFrame(1000, "bye")(side));
    expect(endpoint.takeEvents()).toEqual(endsIfServer(side));
    expect(endpoint.protocol.closeInfo).toEqual({
      code: 1000,
      reason: "bye",
      received: { code: 1000, reason: "bye" },
      sent: { code: 1001, reason: "away" },
      receivedThenSent: false,
      fault: undefined,
    });
  });

  test("does nothing once closing has begun, by whomever", () => {
    for (const begin of [
      (endpoint: Endpoint) => endpoint.protocol.close(1000, "", 0),
      (endpoint: Endpoint) => endpoint.receive(closeFrame(1000)(side)),
      (endpoint: Endpoint) => endpoint.receive(frame({ opcode: 3 })(side)),
      (endpoint: Endpoint) => endpoint.protocol.receiveEnd(0),
      (endpoint: Endpoint) => endpoint.protocol.transportEnded(0),
    ]) {
      const endpoint = new Endpoint(side);
      begin(endpoint);
      endpoint.takeEvents();
      endpoint.protocol.close(1001, "again", 0);
      expect(endpoint.takeEvents()).toEqual([]);
    }
  });

  test("messages that the peer sent before its answer are received", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(frame({ opcode: "text", payload: "a", fin: false })(side));
    endpoint.protocol.close(1000, "", 0);
    endpoint.receive(sequence(frame({ opcode: "continuation", payload: "b" }), closeFrame(1000))(side));
    expect(endpoint.takeEvents()).toEqual([sendsClose(1000), closing, message("ab"), ...endsIfServer(side)]);
  });

  test("pings that come after it are still answered", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.close(1000, "", 0);
    endpoint.receive(sequence(frame({ opcode: "ping", payload: "a" }), frame({ opcode: "pong", payload: "b" }))(side));
    expect(endpoint.takeEvents()).toEqual([sendsClose(1000), closing, ...pong("a"), ponged("b")]);
  });

  test.each([1005, 1006, 1015, 999, 2000, 5000])("refuses the code %i", (code) => {
    const { protocol } = new Endpoint(side);
    expect(() => protocol.close(code, "", 0)).toThrow(RangeError);
    expect(protocol.state).toBe("open");
  });

  test("refuses a reason of more than 123 bytes, in whatever state", () => {
    const { protocol } = new Endpoint(side);
    const tooLong = new RangeError("Cannot close: reason must be at most 123 bytes of UTF-8, got 124");
    expect(() => protocol.close(1000, "x".repeat(124), 0)).toThrow(tooLong);
    protocol.close(1000, "x".repeat(123), 0);
    expect(() => protocol.close(1000, "x".repeat(124), 0)).toThrow(tooLong);
  });
});

describe.each(SIDES)("%s: once closing has begun", (side) => {
  const shared = serializeFrame(FIN | Opcode.TEXT, utf8("a"));

  test.each([
    ["close", (endpoint: Endpoint) => endpoint.protocol.close(1000, "", 0)],
    ["the peer's Close frame", (endpoint: Endpoint) => endpoint.receive(closeFrame(1000)(side))],
    ["a failure", (endpoint: Endpoint) => endpoint.receive(frame({ opcode: 3 })(side))],
    ["the end of the stream", (endpoint: Endpoint) => endpoint.protocol.receiveEnd(0)],
    ["the end of the transport", (endpoint: Endpoint) => endpoint.protocol.transportEnded(0)],
  ])("by %s, nothing is sent any more", (_name, begin) => {
    const endpoint = new Endpoint(side);
    const { protocol } = endpoint;
    begin(endpoint);
    endpoint.takeEvents();
    expect(protocol.canSend).toBe(false);
    expect(protocol.sendText("a")).toBe(false);
    expect(protocol.sendBytes(bytes(1))).toBe(false);
    expect(protocol.sendShared(shared)).toBe(false);
    expect(protocol.sendFragment(bytes(1), Opcode.TEXT, true)).toBe(false);
    expect(protocol.ping(bytes(1), 0)).toBe(false);
    expect(protocol.pong(bytes(1))).toBe(false);
    expect(endpoint.takeEvents()).toEqual([]);
  });

  test("while fragments are being sent, further messages are refused and nobody's mistake", () => {
    const endpoint = new Endpoint(side);
    const { protocol } = endpoint;
    protocol.sendFragment(utf8("a"), Opcode.TEXT, false);
    protocol.close(1011, "", 0);
    expect(protocol.sendFragment(utf8("b"), Opcode.TEXT, true)).toBe(false);
    expect(protocol.sendText("c")).toBe(false);
    expect(endpoint.takeEvents()).toEqual([sends("text", "a", { fin: false }), sendsClose(1011), closing]);
  });
});

test("a Close frame that lies in two pieces of input is put together", () => {
  const wire = closeFrame(1000, "goodbye")("client");
  const endpoint = new Endpoint("client");
  endpoint.receive(concat(wire.subarray(0, 5)));
  expect(endpoint.takeEvents()).toEqual([]);
  endpoint.receive(concat(wire.subarray(5)));
  expect(outcomeOf(endpoint)).toEqual(whole("client", closeFrame(1000, "goodbye")));
});

describe.each(SIDES)("%s: a failure of our own side", (side) => {
  test("is told to the peer as 1011, and is no fault of the peer's", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.abandon("a failure", 1);
    endpoint.protocol.abandon("another", 2);
    endpoint.protocol.transportEnded(3);
    expect(endpoint.takeEvents()).toMatchObject([
      { type: "sent", frame: { opcode: "close", payload: concat(Uint8Array.of(0x03, 0xf3), utf8("a failure")) } },
      { type: "closing" },
      { type: "end" },
      { type: "closed", info: { code: 1006, sent: { code: 1011, reason: "a failure" }, fault: undefined } },
    ]);
  });
});
