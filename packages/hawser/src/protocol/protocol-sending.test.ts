/** Messages that an endpoint sends (RFC 6455, section 6.1), and what extensions make of them. */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import { sends } from "../../test/support/expectations.ts";
import { TaggingExtension } from "../../test/support/tagging-extension.ts";
import { bytes, utf8 } from "../../test/support/wire.ts";
import { FIN, serializeFrame } from "./frame-writer.ts";
import { Opcode } from "./opcode.ts";
import type { Role } from "./settings.ts";

const SIDES: readonly Role[] = ["server", "client"];

describe.each(SIDES)("%s: sends", (side) => {
  test("messages", () => {
    const endpoint = new Endpoint(side);
    expect(endpoint.protocol.sendText("aé")).toBe(true);
    expect(endpoint.protocol.sendBytes(bytes(300))).toBe(true);
    expect(endpoint.protocol.sendBytes(utf8("€"), Opcode.TEXT)).toBe(true);
    expect(endpoint.takeEvents()).toEqual([sends("text", "aé"), sends("binary", bytes(300)), sends("text", "€")]);
  });

  test("fragments, whose first one says what they are", () => {
    const endpoint = new Endpoint(side);
    const { protocol } = endpoint;
    expect(protocol.isSendingFragments).toBe(false);
    expect(protocol.sendFragment(bytes(2), Opcode.BINARY, false)).toBe(true);
    expect(protocol.isSendingFragments).toBe(true);
    protocol.sendFragment(bytes(0), Opcode.TEXT, false);
    protocol.sendFragment(bytes(3), Opcode.BINARY, true);
    expect(protocol.isSendingFragments).toBe(false);
    protocol.sendFragment(utf8("x"), Opcode.TEXT, true);
    expect(protocol.isSendingFragments).toBe(false);
    expect(endpoint.takeEvents()).toEqual([
      sends("binary", bytes(2), { fin: false }),
      sends("continuation", "", { fin: false }),
      sends("continuation", bytes(3)),
      sends("text", "x"),
    ]);
  });

  test("nothing between the fragments of a message", () => {
    const endpoint = new Endpoint(side);
    const { protocol } = endpoint;
    protocol.sendFragment(utf8("a"), Opcode.TEXT, false);
    endpoint.takeEvents();
    const misuse = new Error("Cannot send a message: the fragments of another one are being sent");
    expect(() => protocol.sendText("b")).toThrow(misuse);
    expect(() => protocol.sendBytes(bytes(1))).toThrow(misuse);
    expect(() => protocol.sendShared(serializeFrame(FIN | Opcode.TEXT, bytes(1)))).toThrow(misuse);
    expect(endpoint.takeEvents()).toEqual([]);
    protocol.sendFragment(utf8("c"), Opcode.TEXT, true);
    expect(protocol.sendText("d")).toBe(true);
    expect(endpoint.takeEvents()).toEqual([sends("continuation", "c"), sends("text", "d")]);
  });
});

test.each([0, 1_021, 1_022, 70_000])("a frame of %i bytes that was built for many is sent as it is", (length) => {
  const endpoint = new Endpoint("server");
  endpoint.protocol.sendText("before");
  expect(endpoint.protocol.sendShared(serializeFrame(FIN | Opcode.BINARY, bytes(length)))).toBe(true);
  endpoint.protocol.sendText("after");
  expect(endpoint.takeEvents()).toEqual([
    sends("text", "before"),
    sends("binary", bytes(length)),
    sends("text", "after"),
  ]);
});

describe.each(SIDES)("%s: extensions", (side) => {
  function extended(): { readonly endpoint: Endpoint; readonly a: TaggingExtension; readonly b: TaggingExtension } {
    const a = new TaggingExtension("A:", 0x40);
    const b = new TaggingExtension("B:", 0x10);
    return { endpoint: new Endpoint(side, { extensions: [a, b] }), a, b };
  }

  test("encode in the order that was agreed on, and mark what they did", () => {
    const { endpoint } = extended();
    endpoint.protocol.sendText("hi");
    endpoint.protocol.sendBytes(utf8("ho"));
    expect(endpoint.takeEvents()).toEqual([
      sends("text", "B:A:hi", { rsv: 0x50 }),
      sends("binary", "B:A:ho", { rsv: 0x50 }),
    ]);
  });

  test("are told of the caller's wish, and what they leave alone is sent as it is", () => {
    const { endpoint, a } = extended();
    endpoint.protocol.sendText("hi", false);
    endpoint.protocol.sendBytes(utf8("hi"), Opcode.TEXT, true);
    expect(endpoint.takeEvents()).toEqual([sends("text", "hi"), sends("text", "B:A:hi", { rsv: 0x50 })]);
    const whole = { opcode: Opcode.TEXT, isFirst: true, isLast: true };
    expect(a.parts).toEqual([
      { ...whole, compress: false },
      { ...whole, compress: true },
    ]);
  });

  test("encode fragment by fragment, marked on the first alone", () => {
    const { endpoint, a } = extended();
    for (const text of ["a", "b", "c"]) endpoint.protocol.sendFragment(utf8(text), Opcode.TEXT, text === "c");
    expect(endpoint.takeEvents()).toEqual([
      sends("text", "B:A:a", { fin: false, rsv: 0x50 }),
      sends("continuation", "b", { fin: false }),
      sends("continuation", "c"),
    ]);
    expect(a.parts.map(({ isFirst, isLast }) => [isFirst, isLast])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });

  test("that left the first fragment alone are not offered the others", () => {
    const { endpoint, a } = extended();
    endpoint.protocol.sendFragment(utf8("a"), Opcode.BINARY, false, false);
    endpoint.protocol.sendFragment(utf8("b"), Opcode.BINARY, true, true);
    endpoint.protocol.sendFragment(utf8("c"), Opcode.BINARY, true);
    expect(endpoint.takeEvents()).toEqual([
      sends("binary", "a", { fin: false }),
      sends("continuation", "b"),
      sends("binary", "B:A:c", { rsv: 0x50 }),
    ]);
    expect(a.parts).toHaveLength(2);
  });

  test("do not touch control frames", () => {
    const { endpoint } = extended();
    endpoint.protocol.ping(utf8("hi"), 0);
    expect(endpoint.takeEvents()).toEqual([sends("ping", "hi")]);
  });

  test("are released once, when the transport has ended", () => {
    const { endpoint, a, b } = extended();
    endpoint.protocol.close(1000, "", 0);
    expect(a.releases).toBe(0);
    endpoint.protocol.transportEnded(0);
    endpoint.protocol.transportEnded(0);
    expect([a.releases, b.releases]).toEqual([1, 1]);
  });

  test("need not have anything to release", () => {
    const { endpoint } = extended();
    const bare = Object.assign(new TaggingExtension("C:", 0x20), { release: undefined });
    const other = new Endpoint(side, { extensions: [bare] });
    expect(() => other.protocol.transportEnded(0)).not.toThrow();
    expect(endpoint.protocol.state).toBe("open");
  });
});
