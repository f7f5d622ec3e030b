/** Receiving that stops between frames when its sink asks for it. */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import { closing, endsIfServer, fails, message, outcomeOf, pong, sendsClose } from "../../test/support/expectations.ts";
import { bytes, closeFrame, frame, sequence, type Wire } from "../../test/support/wire.ts";
import type { Message } from "./message-assembler.ts";
import type { Role } from "./settings.ts";

/** Wants one message at a time. */
class SuspendingEndpoint extends Endpoint {
  override message(content: Message): void {
    super.message(content);
    this.protocol.suspend();
  }
}

const first = frame({ opcode: "text", payload: "first" });
const second = sequence(
  frame({ opcode: "text", payload: "sec", fin: false }),
  frame({ opcode: "ping", payload: "hi" }),
  frame({ opcode: "continuation", payload: "ond" }),
);
const third = frame({ opcode: "binary", payload: bytes(200) });

describe.each<Role>(["server", "client"])("%s", (side) => {
  test("takes all bytes unless it is asked to stop", () => {
    const wire = sequence(first, second, third)(side);
    const endpoint = new Endpoint(side);
    expect(endpoint.receive(wire.subarray(0, 3))).toBe(3);
    expect(endpoint.receive(wire.subarray(3))).toBe(wire.length - 3);
    expect(endpoint.receive(new Uint8Array(0))).toBe(0);
  });

  test("takes no further frame, and goes on with the rest as if nothing had been", () => {
    const endpoint = new SuspendingEndpoint(side);
    const wires: readonly Wire[] = [first, second, third, frame({ opcode: "text" })];
    let rest = sequence(...wires)(side);
    const told = wires.map((wire) => {
      const taken = endpoint.receive(rest);
      expect(taken).toBe(wire(side).length);
      rest = rest.subarray(taken);
      return endpoint.takeEvents();
    });
    expect(told).toEqual([
      [message("first")],
      [...pong("hi"), message("second")],
      [message(bytes(200))],
      [message("")],
    ]);
    expect(rest).toHaveLength(0);
  });

  test("stops for the call that is under way, and for no other", () => {
    const endpoint = new Endpoint(side);
    endpoint.protocol.suspend();
    const wire = sequence(first, first)(side);
    expect(endpoint.receive(wire)).toBe(wire.length);
    expect(endpoint.takeEvents()).toEqual([message("first"), message("first")]);
  });

  test.each([
    [
      "a Close frame",
      closeFrame(1000),
      { events: [sendsClose(1000), closing, ...endsIfServer(side)], fault: undefined },
    ],
    ["a failure", frame({ opcode: 3 }), fails(1002, "OPCODE_UNKNOWN", "0x3")],
  ])("after %s everything is taken, and ignored", (_name, ending, expected) => {
    const endpoint = new SuspendingEndpoint(side);
    const wire = sequence(ending, first, first)(side);
    expect(endpoint.receive(wire)).toBe(wire.length);
    expect(endpoint.receive(bytes(9))).toBe(9);
    expect(outcomeOf(endpoint)).toEqual(expected);
  });
});
