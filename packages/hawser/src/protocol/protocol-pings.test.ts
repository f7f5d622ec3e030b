/** Pings, pongs and keepalive (RFC 6455, sections 5.5.2 and 5.5.3). */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import { closing, end, outcomeOf, pinged, pong, ponged, sends, sendsClose } from "../../test/support/expectations.ts";
import { bytes, closeFrame, frame, sequence, utf8 } from "../../test/support/wire.ts";
import type { PingWaiter } from "./pending-pings.ts";
import type { Role } from "./settings.ts";

const SIDES: readonly Role[] = ["server", "client"];
const NEVER = Number.POSITIVE_INFINITY;

describe.each(SIDES)("%s: a ping", (side) => {
  function pinging(): {
    readonly endpoint: Endpoint;
    readonly outcomes: string[];
    ping(name: string, now: number): void;
  } {
    const endpoint = new Endpoint(side);
    const outcomes: string[] = [];
    const ping = (name: string, now: number): void => {
      const waiter: PingWaiter = {
        answered: (latency) => outcomes.push(`${name} after ${latency}`),
        lost: () => outcomes.push(`${name} lost`),
      };
      expect(endpoint.protocol.ping(utf8(name), now, waiter)).toBe(true);
    };
    return { endpoint, outcomes, ping };
  }

  test("is sent, and its pong tells the latency", () => {
    const { endpoint, outcomes, ping } = pinging();
    ping("a", 100);
    endpoint.receive(frame({ opcode: "pong", payload: "a" })(side), 130);
    expect(endpoint.takeEvents()).toEqual([sends("ping", "a"), ponged("a", 30)]);
    expect(outcomes).toEqual(["a after 30"]);
  });

  test("is answered by the pong of a later one", () => {
    const { endpoint, outcomes, ping } = pinging();
    for (const [index, name] of ["a", "b", "c"].entries()) ping(name, 100 + index);
    endpoint.receive(frame({ opcode: "pong", payload: "b" })(side), 130);
    expect(outcomes).toEqual(["a after 30", "b after 29"]);
    endpoint.protocol.transportEnded(200);
    expect(outcomes).toEqual(["a after 30", "b after 29", "c lost"]);
  });

  test("may be answered while closing", () => {
    const { endpoint, outcomes, ping } = pinging();
    ping("a", 100);
    endpoint.protocol.close(1000, "", 110);
    endpoint.receive(frame({ opcode: "pong", payload: "a" })(side), 120);
    expect(outcomes).toEqual(["a after 20"]);
  });

  test("keeps its payload, whatever becomes of the caller's", () => {
    const endpoint = new Endpoint(side);
    const payload = utf8("abc");
    endpoint.protocol.ping(payload, 0);
    payload.fill(0);
    endpoint.receive(frame({ opcode: "pong", payload: "abc" })(side), 7);
    expect(endpoint.takeEvents()).toEqual([sends("ping", "abc"), ponged("abc", 7)]);
  });

  test("in the middle of a fragmented message is no other", () => {
    const { endpoint, ping } = pinging();
    endpoint.protocol.sendFragment(utf8("x"), 1, false);
    ping("a", 1);
    expect(endpoint.protocol.pong(utf8("b"))).toBe(true);
    expect(endpoint.takeEvents()).toEqual([sends("text", "x", { fin: false }), sends("ping", "a"), sends("pong", "b")]);
  });

  test.each(["ping", "pong"] as const)("a %s of more than 125 bytes is refused", (kind) => {
    const { protocol } = new Endpoint(side);
    expect(() => protocol[kind](bytes(125), 0)).not.toThrow();
    expect(() => protocol[kind](bytes(126), 0)).toThrow(
      new RangeError(`Cannot ${kind}: the payload must be at most 125 bytes, got 126`),
    );
  });
});

describe.each(SIDES)("%s: while too much waits for the peer", (side) => {
  const ping = (payload: string): Uint8Array => frame({ opcode: "ping", payload })(side);

  function congested(): Endpoint {
    const endpoint = new Endpoint(side);
    endpoint.output.isCongested = true;
    endpoint.receive(ping("a"));
    endpoint.receive(ping("b"));
    expect(endpoint.takeEvents()).toEqual([pinged("a"), pinged("b")]);
    return endpoint;
  }

  test("pings are told at once, and the latest alone is answered once there is room", () => {
    const endpoint = congested();
    endpoint.protocol.outputDrained();
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.output.isCongested = false;
    endpoint.protocol.outputDrained();
    endpoint.protocol.outputDrained();
    expect(endpoint.takeEvents()).toEqual([sends("pong", "b")]);
  });

  test("a ping that can be answered answers those before it", () => {
    const endpoint = congested();
    endpoint.output.isCongested = false;
    endpoint.receive(ping("c"));
    endpoint.protocol.outputDrained();
    expect(endpoint.takeEvents()).toEqual(pong("c"));
  });

  test.each([
    ["follows our", (endpoint: Endpoint) => endpoint.protocol.close(1000, "", 0), [sends("pong", "b")]],
    ["does not follow the peer's", (endpoint: Endpoint) => endpoint.receive(closeFrame(1000)(side)), []],
  ])("the pong %s Close frame", (_name, close, expected) => {
    const endpoint = congested();
    close(endpoint);
    endpoint.takeEvents();
    endpoint.output.isCongested = false;
    endpoint.protocol.outputDrained();
    expect(endpoint.takeEvents()).toEqual(expected);
  });
});

describe.each(SIDES)("%s: keepalive", (side) => {
  const anything = frame({ opcode: "pong", payload: "?" })(side);

  function keptAlive(pingInterval = 20_000, pingTimeout = 7_000): Endpoint {
    return new Endpoint(side, { now: 1_000, settings: { pingInterval, pingTimeout } });
  }

  /** The payload of the ping that it has sent, and nothing else. */
  function sentPing(endpoint: Endpoint): Uint8Array {
    const events = endpoint.takeEvents();
    expect(events).toMatchObject([{ type: "sent", frame: { opcode: "ping" } }]);
    const [event] = events;
    return event?.type === "sent" ? event.frame.payload : utf8("no ping");
  }

  test("pings at the deadline and not before", () => {
    const endpoint = keptAlive();
    expect(endpoint.protocol.deadline).toBe(21_000);
    endpoint.protocol.handleTimeout(20_999);
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.protocol.handleTimeout(21_000);
    expect(sentPing(endpoint).length).toBeLessThanOrEqual(125);
    expect(endpoint.protocol.deadline).toBe(28_000);
  });

  test("learns the latency from the pong", () => {
    const endpoint = keptAlive();
    endpoint.protocol.handleTimeout(21_000);
    const payload = sentPing(endpoint);
    endpoint.receive(frame({ opcode: "pong", payload })(side), 21_025);
    expect(endpoint.takeEvents()).toEqual([{ type: "pong", payload, latency: 25 }]);
    expect(endpoint.protocol.deadline).toBe(41_025);
  });

  test("gives up a peer from which nothing comes", () => {
    const endpoint = keptAlive();
    endpoint.protocol.handleTimeout(21_000);
    sentPing(endpoint);
    endpoint.protocol.handleTimeout(27_999);
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.protocol.handleTimeout(28_000);
    const events = [sendsClose(1011, "keepalive ping timeout"), closing, end];
    expect(outcomeOf(endpoint)).toEqual({ events, fault: "KEEPALIVE_TIMEOUT" });
    expect(endpoint.protocol.deadline).toBe(38_000);
  });

  test("takes any byte for a sign of life", () => {
    const endpoint = keptAlive();
    endpoint.protocol.handleTimeout(21_000);
    endpoint.receive(anything.subarray(0, 1), 27_999);
    endpoint.takeEvents();
    endpoint.protocol.handleTimeout(28_000);
    expect(endpoint.takeEvents()).toEqual([]);
    expect(endpoint.protocol.deadline).toBe(47_999);
  });

  test("does not ping while something comes", () => {
    const endpoint = keptAlive();
    for (let now = 1_000; now < 100_000; now += 19_999) {
      endpoint.receive(anything, now);
      endpoint.protocol.handleTimeout(now + 19_998);
    }
    expect(new Set(endpoint.takeEvents().map(({ type }) => type))).toEqual(new Set(["pong"]));
  });

  test("does not hold it against the peer that we do not read", () => {
    const endpoint = keptAlive();
    endpoint.protocol.handleTimeout(21_000);
    endpoint.takeEvents();
    endpoint.protocol.receivingPaused(28_000);
    endpoint.protocol.handleTimeout(28_000);
    expect(endpoint.takeEvents()).toEqual([]);
    expect(endpoint.protocol.deadline).toBe(48_000);
  });

  test("keeps one ping of its own, however many stay unanswered", () => {
    const endpoint = keptAlive();
    const payloads = [21_000, 42_000, 63_000].map((now) => {
      endpoint.protocol.handleTimeout(now);
      const payload = sentPing(endpoint);
      endpoint.receive(anything, now + 1_000);
      endpoint.takeEvents();
      return payload;
    });
    const pongs = payloads.map((payload) => frame({ opcode: "pong", payload }));
    endpoint.receive(sequence(...pongs)(side), 65_000);
    expect(endpoint.takeEvents()).toMatchObject([{ latency: undefined }, { latency: undefined }, { latency: 2_000 }]);
  });

  test("leaves the time to the closing handshake once that has begun", () => {
    const endpoint = keptAlive();
    endpoint.protocol.close(1000, "", 2_000);
    endpoint.takeEvents();
    expect(endpoint.protocol.deadline).toBe(12_000);
    endpoint.protocol.handleTimeout(11_999);
    expect(endpoint.takeEvents()).toEqual([]);
  });

  test.each([
    ["no pings", NEVER, 7_000, NEVER, NEVER],
    ["no end to waiting, and then it pings on", 20_000, NEVER, 21_000, 41_000],
  ])("may be set to %s", (_name, interval, timeout, deadline, deadlineAfterwards) => {
    const endpoint = keptAlive(interval, timeout);
    expect(endpoint.protocol.deadline).toBe(deadline);
    endpoint.protocol.handleTimeout(21_000);
    expect(endpoint.protocol.deadline).toBe(deadlineAfterwards);
    expect(endpoint.protocol.state).toBe("open");
  });
});
