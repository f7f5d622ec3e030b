import { describe, expect, test } from "vitest";
import { Closing, next, type State, type Trigger } from "./closing.ts";
import { protocolFault } from "./errors.ts";

const BYE = { code: 1000, reason: "bye" };
const AWAY = { code: 1001, reason: "" };
const FAULT = protocolFault("MASK_MISSING");

describe("the moves", () => {
  test.each<[State, Trigger, State]>([
    ["connecting", "handshakeDone", "open"],
    ["connecting", "closeSent", "connecting"],
    ["connecting", "closeReceived", "connecting"],
    ["connecting", "failed", "closed"],
    ["connecting", "transportEnded", "closed"],
    ["open", "handshakeDone", "open"],
    ["open", "closeAsked", "closing"],
    ["open", "closeSent", "closing"],
    ["open", "closeReceived", "closing"],
    ["open", "failed", "closing"],
    ["open", "transportEnded", "closed"],
    ["closing", "handshakeDone", "closing"],
    ["closing", "closeAsked", "closing"],
    ["closing", "closeSent", "closing"],
    ["closing", "closeReceived", "closing"],
    ["closing", "failed", "closing"],
    ["closing", "transportEnded", "closed"],
    ["closed", "handshakeDone", "closed"],
    ["closed", "closeSent", "closed"],
    ["closed", "closeReceived", "closed"],
    ["closed", "failed", "closed"],
    ["closed", "transportEnded", "closed"],
  ])("%s, %s: %s", (state, trigger, expected) => {
    expect(next(state, trigger)).toBe(expected);
  });
});

describe("the closing handshake", () => {
  const scripts: readonly [string, (closing: Closing) => void, object][] = [
    ["none", () => {}, { state: "open", canSend: true, canSendClose: true, isHandshakeDone: false, hasFailed: false }],
    [
      "begun by us",
      (closing) => closing.closeSent(BYE),
      { state: "closing", canSend: false, canSendClose: false, isHandshakeDone: false, hasFailed: false },
    ],
    [
      "begun by the peer",
      (closing) => closing.closeReceived(BYE),
      { state: "closing", canSend: false, canSendClose: true, isHandshakeDone: false, hasFailed: false },
    ],
    [
      "completed",
      (closing) => {
        closing.closeReceived(BYE);
        closing.closeSent(BYE);
      },
      { state: "closing", canSend: false, canSendClose: false, isHandshakeDone: true, hasFailed: false },
    ],
    [
      "not needed any more after a failure",
      (closing) => closing.failed(FAULT),
      { state: "closing", canSend: false, canSendClose: true, isHandshakeDone: false, hasFailed: true },
    ],
    [
      "impossible once the transport has ended",
      (closing) => closing.transportEnded(),
      { state: "closed", canSend: false, canSendClose: false, isHandshakeDone: false, hasFailed: false },
    ],
  ];

  test.each(scripts)("%s", (_name, script, expected) => {
    const closing = new Closing("open");
    script(closing);
    expect(closing).toMatchObject(expected);
  });

  test("follows the opening handshake", () => {
    const closing = new Closing("connecting");
    expect(closing.canSend).toBe(false);
    closing.opened();
    expect(closing.state).toBe("open");
  });
});

describe("how it ended", () => {
  const scripts: readonly [string, (closing: Closing) => void, object][] = [
    [
      "without Close frames",
      (closing) => closing.transportEnded(),
      { code: 1006, reason: "", received: undefined, sent: undefined, receivedThenSent: undefined, fault: undefined },
    ],
    [
      "closed by us, unanswered",
      (closing) => closing.closeSent(BYE),
      { code: 1006, reason: "", received: undefined, sent: BYE, receivedThenSent: undefined, fault: undefined },
    ],
    [
      "closed by us, answered",
      (closing) => {
        closing.closeSent(BYE);
        closing.closeReceived(AWAY);
      },
      { code: 1001, reason: "", received: AWAY, sent: BYE, receivedThenSent: false, fault: undefined },
    ],
    [
      "closed by the peer",
      (closing) => {
        closing.closeReceived(BYE);
        closing.closeSent(BYE);
      },
      { code: 1000, reason: "bye", received: BYE, sent: BYE, receivedThenSent: true, fault: undefined },
    ],
    [
      "failed: the first fault counts",
      (closing) => {
        closing.failed(FAULT);
        closing.failed(protocolFault("UTF8_INVALID"));
      },
      { code: 1006, reason: "", received: undefined, sent: undefined, receivedThenSent: undefined, fault: FAULT },
    ],
  ];

  test.each(scripts)("%s", (_name, script, expected) => {
    const closing = new Closing("open");
    script(closing);
    expect(closing.info).toEqual(expected);
  });
});
