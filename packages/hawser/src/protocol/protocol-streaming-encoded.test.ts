/** Streaming a message that an extension encoded, in parts where the extension can. */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import { fails, message, outcomeOf, piece } from "../../test/support/expectations.ts";
import { PartwiseTaggingExtension, TaggingExtension } from "../../test/support/tagging-extension.ts";
import { frame, utf8 } from "../../test/support/wire.ts";
import type { Role } from "./settings.ts";

const RSV1 = 0x40;

const SIDES: readonly Role[] = ["server", "client"];

function first(payload: Uint8Array | string, opcode: "text" | "binary" = "text") {
  return frame({ opcode, payload, fin: false, rsv: RSV1 });
}

function next(payload: Uint8Array | string, fin = false) {
  return frame({ opcode: "continuation", payload, fin });
}

describe.each(SIDES)("%s: an encoded message", (side) => {
  function streaming(maxSize = 100): Endpoint {
    const endpoint = new Endpoint(side, {
      settings: { maxSize },
      extensions: [new PartwiseTaggingExtension("A:", RSV1)],
    });
    endpoint.protocol.streamMessage();
    return endpoint;
  }

  test("comes in parts as they can be decoded, and the next one whole", () => {
    const endpoint = streaming();
    endpoint.receive(first("A:one.")(side));
    expect(endpoint.takeEvents()).toEqual([piece("one.", false)]);
    endpoint.receive(next("tw")(side));
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.receive(next("o.")(side));
    expect(endpoint.takeEvents()).toEqual([piece("two.", false)]);
    endpoint.receive(next("three", true)(side));
    expect(endpoint.takeEvents()).toEqual([piece("three", true)]);
    endpoint.receive(frame({ opcode: "text", payload: "A:four.", rsv: RSV1 })(side));
    expect(endpoint.takeEvents()).toEqual([message("four.")]);
  });

  test("that has begun comes from its beginning", () => {
    const endpoint = new Endpoint(side, { extensions: [new PartwiseTaggingExtension("A:", RSV1)] });
    endpoint.receive(first("A:one.")(side));
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.protocol.streamMessage();
    expect(endpoint.takeEvents()).toEqual([piece("one.", false)]);
    endpoint.protocol.streamMessage();
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.receive(next("", true)(side));
    expect(endpoint.takeEvents()).toEqual([piece(undefined, true)]);
  });

  test("keeps characters whole that two parts share", () => {
    const endpoint = streaming();
    const text = utf8("é.");
    endpoint.receive(first(Uint8Array.of(0x41, 0x3a, 0x61, 0x2e))(side));
    endpoint.receive(next(Uint8Array.of(...text.subarray(0, 1)))(side));
    endpoint.receive(next(Uint8Array.of(...text.subarray(1)), true)(side));
    expect(endpoint.takeEvents()).toEqual([piece("a.", false), piece("é.", true)]);
  });

  test("of bytes comes in parts too", () => {
    const endpoint = streaming();
    endpoint.receive(first("A:one.", "binary")(side));
    expect(endpoint.takeEvents()).toEqual([piece(utf8("one."), false)]);
  });

  test.each([
    [
      "one whose parts exceed maxSize together",
      "A:one.",
      "two.",
      fails(1009, "MESSAGE_TOO_BIG", "more than 6 bytes decoded"),
    ],
    ["one that cannot be decoded", "B:one.", "two.", fails(1002, "EXTENSION_DATA_INVALID")],
  ])("fails the connection: %s", (_name, one, two, expected) => {
    const endpoint = streaming(6);
    endpoint.receive(first(one)(side));
    endpoint.receive(next(two)(side));
    const { events, ...outcome } = outcomeOf(endpoint);
    expect({ ...outcome, events: events.filter(({ type }) => type !== "piece") }).toEqual(expected);
  });

  test("fails the connection at its first part that is not UTF-8", () => {
    const endpoint = streaming();
    endpoint.receive(first(Uint8Array.of(0x41, 0x3a, 0xff, 0x2e))(side));
    expect(outcomeOf(endpoint)).toEqual(fails(1007, "UTF8_INVALID"));
  });

  test("fails the connection as soon as it is asked for, if what has arrived is wrong", () => {
    const endpoint = new Endpoint(side, { extensions: [new PartwiseTaggingExtension("A:", RSV1)] });
    endpoint.receive(first("B:one.")(side));
    endpoint.protocol.streamMessage();
    expect(outcomeOf(endpoint)).toEqual(fails(1002, "EXTENSION_DATA_INVALID"));
  });

  test("by two extensions comes all at once", () => {
    const endpoint = new Endpoint(side, {
      extensions: [new TaggingExtension("B:", 0x20), new PartwiseTaggingExtension("A:", RSV1)],
    });
    endpoint.protocol.streamMessage();
    endpoint.receive(frame({ opcode: "text", payload: "A:B:one.", fin: false, rsv: RSV1 | 0x20 })(side));
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.receive(next("two.", true)(side));
    expect(endpoint.takeEvents()).toEqual([piece("one.two.", true)]);
  });
});
