/** Reading the rest of a large message straight into its place. */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import { answers, message, outcomeOf, piece } from "../../test/support/expectations.ts";
import { TaggingExtension } from "../../test/support/tagging-extension.ts";
import { bytes, concat, frame, sequence, type Wire } from "../../test/support/wire.ts";
import { READ_BUFFER } from "../bytes/vector-memory.ts";
import type { Role } from "./settings.ts";

const SIDES: readonly Role[] = ["server", "client"];
const LARGE = 900_000;
const text = "é".repeat(LARGE / 2);

const large = frame({ opcode: "binary", payload: bytes(LARGE) });
const small = frame({ opcode: "text", payload: "next" });

describe.each(SIDES)("%s", (side) => {
  test.each<[string, Wire, string | Uint8Array]>([
    ["bytes", large, bytes(LARGE)],
    ["text", frame({ opcode: "text", payload: text }), text],
    ["ASCII", frame({ opcode: "text", payload: "a".repeat(LARGE) }), "a".repeat(LARGE)],
    [
      "fragments",
      sequence(
        frame({ opcode: "binary", payload: bytes(LARGE / 2), fin: false }),
        frame({ opcode: "ping", payload: "" }),
        frame({ opcode: "continuation", payload: bytes(LARGE / 2) }),
      ),
      concat(bytes(LARGE / 2), bytes(LARGE / 2)),
    ],
  ])("%s", (_name, wire, expected) => {
    for (const portion of [70_001, 100_000, READ_BUFFER.length]) {
      const endpoint = new Endpoint(side);
      const places = endpoint.read(sequence(wire, small)(side), portion);
      expect(outcomeOf(endpoint).events.filter(({ type }) => type === "message")).toEqual([
        message(expected),
        message("next"),
      ]);
      expect(places.some((place) => place !== READ_BUFFER)).toBe(true);
    }
  });

  test("nothing of the next frame is read there", () => {
    const endpoint = new Endpoint(side);
    const wire = sequence(large, small)(side);
    endpoint.read(wire.subarray(0, 100_000), 100_000);
    const target = endpoint.protocol.readTarget()!;
    expect(100_000 + target.length).toBe(wire.length - small(side).length);
  });

  test.each<[string, Wire, number]>([
    ["between messages", small, 1_000],
    ["in a small rest", large, 850_000],
    ["in a header", large, 3],
    ["after the message", large, LARGE + 14],
  ])("not %s", (_name, wire, length) => {
    const endpoint = new Endpoint(side);
    endpoint.receive(wire(side).subarray(0, length));
    expect(endpoint.protocol.readTarget()).toBeUndefined();
  });

  test("not once the connection has failed", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(large(side).subarray(0, 100_000));
    expect(endpoint.protocol.readTarget()).toBeDefined();
    endpoint.protocol.abandon("trouble", 0);
    expect(endpoint.protocol.readTarget()).toBeUndefined();
  });

  test("not what an extension encoded", () => {
    const endpoint = new Endpoint(side, { extensions: [new TaggingExtension("x", 0x40)] });
    endpoint.receive(frame({ opcode: "binary", payload: bytes(LARGE), rsv: 0x40 })(side).subarray(0, 100_000));
    expect(endpoint.protocol.readTarget()).toBeUndefined();
  });

  test("what is streamed from the middle on is not changed by what is read later", () => {
    const endpoint = new Endpoint(side);
    const wire = large(side);
    const header = wire.length - LARGE;
    endpoint.receive(wire.subarray(0, header + 100_000));
    const target = endpoint.protocol.readTarget()!;
    endpoint.protocol.streamMessage();
    target.set(wire.subarray(header + 100_000, header + 170_000));
    endpoint.protocol.receive(target, 0, 70_000);
    target.fill(0xee);
    const all = bytes(LARGE);
    expect(outcomeOf(endpoint)).toEqual(
      answers(piece(all.subarray(0, 100_000)), piece(all.subarray(100_000, 170_000))),
    );
  });
});
