/** Messages received piece by piece. */

import { describe, expect, test } from "vitest";
import { Endpoint, type WireEvent } from "../../test/support/endpoint.ts";
import { fails, message, outcomeOf, piece, pong } from "../../test/support/expectations.ts";
import { TaggingExtension } from "../../test/support/tagging-extension.ts";
import { VALID_UTF8 } from "../../test/support/utf8-samples.ts";
import { bytes, concat, frame, sequence, type Wire } from "../../test/support/wire.ts";
import { STREAMED_PIECE } from "./message-assembler.ts";
import type { Role } from "./settings.ts";

function first(payload: string | Uint8Array, opcode: "text" | "binary" = "text"): Wire {
  return frame({ opcode, payload, fin: false });
}

function more(payload: string | Uint8Array): Wire {
  return frame({ opcode: "continuation", payload, fin: false });
}

function last(payload: string | Uint8Array): Wire {
  return frame({ opcode: "continuation", payload });
}

/** Puts the contents of the pieces together. */
function contentOf(events: readonly WireEvent[]): string {
  return events.map((event) => (event.type === "piece" ? (event.content ?? "") : "?")).join("");
}

describe.each<Role>(["server", "client"])("%s: a message that is streamed", (side) => {
  function streaming(): Endpoint {
    const endpoint = new Endpoint(side);
    endpoint.protocol.streamMessage();
    expect(endpoint.takeEvents()).toEqual([]);
    return endpoint;
  }

  test.each<[string, Wire, readonly (WireEvent | readonly WireEvent[])[]]>([
    ["in one frame", frame({ opcode: "text", payload: "abc" }), [piece("abc", true)]],
    ["in one frame of bytes", frame({ opcode: "binary", payload: bytes(9) }), [piece(bytes(9), true)]],
    ["without any content", frame({ opcode: "text" }), [piece(undefined, true)]],
    ["in fragments", sequence(first("ab"), more("cd"), last("ef")), [piece("ab"), piece("cd"), piece("ef", true)]],
    ["in fragments with an empty last one", sequence(first("ab"), last("")), [piece("ab"), piece(undefined, true)]],
    [
      "in fragments with empty ones between",
      sequence(first(""), more("a"), more(""), last("b")),
      [piece("a"), piece("b", true)],
    ],
    [
      "around a ping",
      sequence(first("a"), frame({ opcode: "ping", payload: "hi" }), last("b")),
      [piece("a"), pong("hi"), piece("b", true)],
    ],
    [
      "before others, which are not",
      sequence(first("a"), last("b"), first("c"), last("d")),
      [piece("a"), piece("b", true), message("cd")],
    ],
    [
      "in fragments of bytes",
      sequence(first(bytes(3), "binary"), last(bytes(2))),
      [piece(bytes(3)), piece(bytes(2), true)],
    ],
  ])("%s", (_name, wire, expected) => {
    const endpoint = streaming();
    endpoint.receive(wire(side));
    expect(endpoint.takeEvents()).toEqual(expected.flat());
    const slowly = streaming();
    for (const octet of wire(side)) slowly.receive(Uint8Array.of(octet));
    expect(slowly.takeEvents()).toEqual(expected.flat());
  });

  test("amid its fragments hands out what has arrived", () => {
    const endpoint = new Endpoint(side);
    endpoint.receive(sequence(first("ab"), more("cd"))(side));
    endpoint.protocol.streamMessage();
    expect(endpoint.takeEvents()).toEqual([piece("abcd")]);
    expect(endpoint.protocol.heldBytes).toBe(0);
    endpoint.receive(last("ef")(side));
    expect(endpoint.takeEvents()).toEqual([piece("ef", true)]);
  });

  test("amid a frame hands out what has arrived of it", () => {
    const endpoint = new Endpoint(side);
    const wire = frame({ opcode: "binary", payload: bytes(100) })(side);
    endpoint.receive(wire.subarray(0, wire.length - 60));
    endpoint.protocol.streamMessage();
    expect(endpoint.takeEvents()).toEqual([piece(bytes(100).subarray(0, 40))]);
    endpoint.receive(wire.subarray(wire.length - 60));
    expect(endpoint.takeEvents()).toEqual([piece(bytes(100).subarray(40), true)]);
  });

  test("amid a frame of which nothing has arrived hands out nothing yet", () => {
    const endpoint = new Endpoint(side);
    const wire = frame({ opcode: "text", payload: "abc" })(side);
    endpoint.receive(wire.subarray(0, wire.length - 3));
    endpoint.protocol.streamMessage();
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.receive(wire.subarray(wire.length - 3));
    expect(endpoint.takeEvents()).toEqual([piece("abc", true)]);
  });

  test("in one large frame comes in pieces, and no more is held", () => {
    const endpoint = streaming();
    const content = bytes(200_000);
    const wire = frame({ opcode: "binary", payload: content })(side);
    let held = 0;
    for (let at = 0; at < wire.length; at += 10_000) {
      endpoint.receive(wire.subarray(at, at + 10_000));
      held = Math.max(held, endpoint.protocol.heldBytes);
    }
    const pieces = endpoint.takeEvents().map((event) => (event.type === "piece" ? event : expect.fail(event.type)));
    expect(held).toBeLessThan(STREAMED_PIECE);
    expect(pieces.map(({ isLast }) => isLast)).toEqual([false, false, true]);
    expect(concat(...pieces.map(({ content }) => content as Uint8Array))).toEqual(content);
  });

  test.each(VALID_UTF8)("never splits a character: %s", (_name, octets) => {
    for (let cut = 0; cut <= octets.length; cut++) {
      const endpoint = streaming();
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      endpoint.receive(first(octets.subarray(0, cut))(side));
      expect(contentOf(endpoint.takeEvents())).toBe(decoder.decode(octets.subarray(0, cut), { stream: true }));
      endpoint.receive(last(octets.subarray(cut))(side));
      expect(contentOf(endpoint.takeEvents())).toBe(decoder.decode(octets.subarray(cut)));
    }
  });

  test("keeps back a character that is cut off, in whatever number of fragments", () => {
    const endpoint = streaming();
    const [a, b, c, d] = Buffer.from("😀");
    endpoint.receive(sequence(first(Uint8Array.of(0x61, a!)), more(Uint8Array.of(b!)), more(Uint8Array.of(c!)))(side));
    expect(endpoint.takeEvents()).toEqual([piece("a")]);
    expect(endpoint.protocol.heldBytes).toBe(3);
    endpoint.protocol.streamMessage();
    expect(endpoint.takeEvents()).toEqual([]);
    endpoint.receive(sequence(more(Uint8Array.of(d!, 0x62)), last(""))(side));
    expect(endpoint.takeEvents()).toEqual([piece("😀b"), piece(undefined, true)]);
  });

  test("is refused where it stops being text", () => {
    const endpoint = streaming();
    endpoint.receive(sequence(first("ok"), more(Uint8Array.of(0x61, 0xff)))(side));
    expect(outcomeOf(endpoint)).toEqual(
      fails(1007, "UTF8_INVALID", undefined, { events: [piece("ok")], fault: undefined }),
    );
  });

  test("is refused where it ends inside a character", () => {
    const endpoint = streaming();
    endpoint.receive(sequence(first("ok"), last(Uint8Array.of(0xe2, 0x82)))(side));
    expect(outcomeOf(endpoint)).toEqual(
      fails(1007, "UTF8_INVALID", undefined, { events: [piece("ok")], fault: undefined }),
    );
  });

  test("has the limits of any other", () => {
    const endpoint = new Endpoint(side, { settings: { maxSize: 5 } });
    endpoint.protocol.streamMessage();
    endpoint.receive(sequence(first("abc"), last("def"))(side));
    const before = { events: [piece("abc")], fault: undefined };
    expect(outcomeOf(endpoint)).toEqual(fails(1009, "MESSAGE_TOO_BIG", "6 > 5 bytes", before));
  });

  test.each([
    [
      "before it",
      (endpoint: Endpoint, begin: () => void, go: () => void) => [endpoint.protocol.streamMessage(), begin(), go()],
    ],
    [
      "amid its fragments",
      (endpoint: Endpoint, begin: () => void, go: () => void) => [begin(), endpoint.protocol.streamMessage(), go()],
    ],
  ])("and encoded comes all at once, asked for %s", (_name, run) => {
    const endpoint = new Endpoint(side, { extensions: [new TaggingExtension("A:", 0x40)] });
    run(
      endpoint,
      () => endpoint.receive(frame({ opcode: "text", rsv: 0x40, payload: "A:ab", fin: false })(side)),
      () => endpoint.receive(sequence(last("cd"), frame({ opcode: "text", rsv: 0x40, payload: "A:next" }))(side)),
    );
    expect(endpoint.takeEvents()).toEqual([piece("abcd", true), message("next")]);
  });
});
