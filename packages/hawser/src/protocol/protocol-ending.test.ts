/** Failing, the end of the stream, and the time that closing may take (RFC 6455, section 7). */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import {
  abort,
  closing,
  end,
  endsIfServer,
  fails,
  feeds,
  outcomeOf,
  sendsClose,
} from "../../test/support/expectations.ts";
import { bytes, closeFrame, frame, sequence } from "../../test/support/wire.ts";
import { protocolFault } from "./errors.ts";
import type { Role } from "./settings.ts";

const SIDES: readonly Role[] = ["server", "client"];
const NEVER = Number.POSITIVE_INFINITY;

function closedAfter(endpoint: Endpoint): unknown {
  endpoint.takeEvents();
  endpoint.protocol.transportEnded(0);
  return endpoint.takeEvents();
}

describe.each(SIDES)("%s: failing", (side) => {
  test("says why, and ends", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.fail(protocolFault("MESSAGE_TOO_BIG", "2 > 1 bytes"), 0);
    expect(outcomeOf(endpoint)).toEqual(fails(1009, "MESSAGE_TOO_BIG", "2 > 1 bytes"));
    const sent = { code: 1009, reason: "a message exceeds maxSize: 2 > 1 bytes" };
    expect(endpoint.protocol.closeInfo).toMatchObject({ code: 1006, reason: "", received: undefined, sent });
  });

  test("the first fault counts, and what comes afterwards is ignored", () => {
    const wire = sequence(frame({ opcode: 3 }), frame({ opcode: "text", payload: "a" }), closeFrame(1000));
    for (const feed of feeds) expect(feed(side, wire)).toEqual(fails(1002, "OPCODE_UNKNOWN", "0x3"));
    const endpoint = new Endpoint(side);
    endpoint.protocol.fail(protocolFault("MASK_MISSING"), 0);
    endpoint.protocol.fail(protocolFault("UTF8_INVALID"), 0);
    expect(endpoint.protocol.closeInfo.fault?.code).toBe("MASK_MISSING");
  });

  test("while closing sends no second Close frame", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.close(1000, "", 0);
    endpoint.receive(frame({ opcode: 3 })(side));
    expect(outcomeOf(endpoint)).toEqual({ events: [sendsClose(1000), closing, end], fault: "OPCODE_UNKNOWN" });
  });

  test("after the closing handshake only ends", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(closeFrame(1000)(side));
    endpoint.protocol.fail(protocolFault("KEEPALIVE_TIMEOUT"), 0);
    expect(endpoint.takeEvents()).toEqual([sendsClose(1000), closing, end]);
  });

  test("the peer's invalid answer to our Close frame is a failure", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.close(1000, "", 0);
    endpoint.receive(closeFrame(1005)(side));
    expect(outcomeOf(endpoint)).toEqual({ events: [sendsClose(1000), closing, end], fault: "CLOSE_CODE_INVALID" });
  });
});

describe.each(SIDES)("%s: the end of the stream", (side) => {
  const lost = {
    code: 1006,
    reason: "",
    received: undefined,
    sent: undefined,
    receivedThenSent: undefined,
    fault: undefined,
  };

  test("while open ends the connection without Close frames", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.receiveEnd(0);
    expect(endpoint.takeEvents()).toEqual([closing, end]);
    expect(endpoint.protocol.state).toBe("closing");
    expect(closedAfter(endpoint)).toEqual([{ type: "closed", info: lost }]);
    expect(endpoint.protocol.state).toBe("closed");
  });

  test("inside a frame is no other", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(frame({ opcode: "text", payload: "abc", announced: 9n })(side));
    endpoint.protocol.receiveEnd(0);
    endpoint.receive(bytes(6));
    expect(endpoint.takeEvents()).toEqual([closing, end]);
  });

  test("while we wait for the peer's Close frame ends our side too", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.close(1000, "", 0);
    endpoint.protocol.receiveEnd(0);
    expect(endpoint.takeEvents()).toEqual([sendsClose(1000), closing, end]);
    expect(endpoint.protocol.closeInfo).toMatchObject({ code: 1006, sent: { code: 1000, reason: "" } });
  });

  test("after the closing handshake is what was waited for", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(closeFrame(1000)(side));
    endpoint.protocol.receiveEnd(0);
    expect(endpoint.takeEvents()).toEqual([sendsClose(1000), closing, end]);
  });

  test("after a failure, and twice, changes nothing", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(frame({ opcode: 3 })(side));
    endpoint.protocol.receiveEnd(0);
    endpoint.protocol.receiveEnd(0);
    expect(outcomeOf(endpoint)).toEqual(fails(1002, "OPCODE_UNKNOWN", "0x3"));
  });

  test("is not followed by a failure", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.receiveEnd(0);
    endpoint.protocol.fail(protocolFault("KEEPALIVE_TIMEOUT"), 0);
    expect(outcomeOf(endpoint)).toEqual({ events: [closing, end], fault: undefined });
  });

  test("of the transport, at once, while open", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.transportEnded(0);
    expect(endpoint.takeEvents()).toEqual([closing, { type: "closed", info: lost }]);
  });

  test("of the transport may be told again by a driver that destroys it as soon as closing begins", () => {
    for (const begin of [
      (endpoint: Endpoint) => endpoint.protocol.transportEnded(0),
      (endpoint: Endpoint) => endpoint.protocol.receiveEnd(0),
      (endpoint: Endpoint) => endpoint.protocol.close(1000, "", 0),
      (endpoint: Endpoint) => endpoint.receive(closeFrame(1000)(side)),
      (endpoint: Endpoint) => endpoint.receive(frame({ opcode: 3 })(side)),
    ]) {
      const endpoint = new Endpoint(side);
      endpoint.closing = () => endpoint.protocol.transportEnded(0);
      begin(endpoint);
      const told = endpoint.takeEvents().map(({ type }) => type);
      expect(told.filter((type) => type !== "sent")).toEqual(["closed"]);
    }
  });

  test("of the transport is the last that is told", () => {
    const endpoint = new Endpoint(side);
    const { protocol } = endpoint;
    endpoint.output.isCongested = true;
    endpoint.receive(frame({ opcode: "ping" })(side));
    protocol.transportEnded(0);
    endpoint.takeEvents();
    endpoint.output.isCongested = false;
    protocol.transportEnded(0);
    protocol.receiveEnd(0);
    endpoint.receive(frame({ opcode: "text", payload: "a" })(side));
    protocol.fail(protocolFault("KEEPALIVE_TIMEOUT"), 0);
    protocol.handleTimeout(1e9);
    protocol.outputDrained();
    expect(protocol.deadline).toBe(NEVER);
    expect(protocol.closeInfo.fault).toBeUndefined();
    expect(endpoint.takeEvents()).toEqual([]);
  });
});

describe.each(SIDES)("%s: the time for closing", (side) => {
  test.each([
    ["close", (endpoint: Endpoint, now: number) => endpoint.protocol.close(1000, "", now)],
    ["the peer's Close frame", (endpoint: Endpoint, now: number) => endpoint.receive(closeFrame(1000)(side), now)],
    ["a failure", (endpoint: Endpoint, now: number) => endpoint.receive(frame({ opcode: 3 })(side), now)],
    ["the end of the stream", (endpoint: Endpoint, now: number) => endpoint.protocol.receiveEnd(now)],
  ])("begins with %s, and is not prolonged", (_name, begin) => {
    const endpoint = new Endpoint(side, { settings: { closeTimeout: 10_000 } });
    const { protocol } = endpoint;
    expect(protocol.deadline).toBe(NEVER);
    begin(endpoint, 500);
    endpoint.receive(closeFrame(1000)(side), 3_000);
    protocol.receiveEnd(4_000);
    endpoint.takeEvents();
    expect(protocol.deadline).toBe(10_500);
    protocol.handleTimeout(10_499);
    expect(endpoint.takeEvents()).toEqual([]);
    protocol.handleTimeout(10_500);
    expect(endpoint.takeEvents()).toEqual([abort]);
    expect(protocol.deadline).toBe(NEVER);
  });

  test("may be without end; closing is announced once all the same", () => {
    const endpoint = new Endpoint(side, { settings: { closeTimeout: NEVER } });
    endpoint.protocol.close(1000, "", 0);
    endpoint.receive(closeFrame(1000)(side));
    expect(endpoint.takeEvents()).toEqual([sendsClose(1000), closing, ...endsIfServer(side)]);
    expect(endpoint.protocol.deadline).toBe(NEVER);
  });
});
