/** Messages that an extension decodes elsewhere: nothing is received before they are there. */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import {
  closing,
  fails,
  message,
  type Outcome,
  outcomeOf,
  piece,
  pong,
  sendsClose,
} from "../../test/support/expectations.ts";
import { DECODED_LATER, LaterExtension, settled } from "../../test/support/later-extension.ts";
import { PartwiseTaggingExtension, TaggingExtension } from "../../test/support/tagging-extension.ts";
import { bytes, concat, frame, sequence, utf8, type Wire } from "../../test/support/wire.ts";
import type { Extension } from "./extension.ts";
import type { ProtocolSettings, Role } from "./settings.ts";

class LaterEndpoint extends Endpoint {
  /** How often it was told that a message is there. */
  told = 0;

  decoded(): void {
    this.told++;
  }
}

const A = 0x40;
const encoded = concat(utf8("A:"), bytes(DECODED_LATER));
const large = frame({ opcode: "text", rsv: A, payload: encoded });
const small = frame({ opcode: "text", payload: "small" });
const ping = frame({ opcode: "ping", payload: "hi" });

describe.each<Role>(["server", "client"])("%s", (side) => {
  function open(settings: Partial<ProtocolSettings> = {}) {
    const extension = new LaterExtension("A:", A);
    const endpoint = new LaterEndpoint(side, { settings, extensions: [extension] });
    return { extension, endpoint, protocol: endpoint.protocol };
  }

  /** With a message whose decoding is under way. */
  function begin(wire: Wire = large, settings: Partial<ProtocolSettings> = {}) {
    const opened = open(settings);
    expect(opened.endpoint.receive(wire(side))).toBe(wire(side).length);
    expect(opened.protocol.isDecoding).toBe(true);
    const task = opened.extension.decodings[0]!;
    const finish = async (result: Parameters<typeof task.finish>[0]) => {
      task.finish(result);
      await settled();
    };
    return { ...opened, task, finish };
  }

  test("what stands behind the message is taken when it is there, and not before", async () => {
    const { extension, endpoint, protocol } = open();
    const wire = sequence(small, large, ping, small)(side);
    const taken = endpoint.receive(wire);
    expect(taken).toBe(sequence(small, large)(side).length);
    expect([endpoint.receive(wire.subarray(taken)), protocol.isDecoding]).toEqual([0, true]);
    expect(endpoint.takeEvents()).toEqual([message("small")]);
    const [task] = extension.decodings;
    expect(task!.payload).toEqual(encoded);
    task!.finish(utf8("long"));
    await settled();
    expect([endpoint.told, endpoint.takeEvents(), protocol.isDecoding]).toEqual([1, [], true]);
    protocol.receiveDecoded(0);
    expect([endpoint.takeEvents(), protocol.isDecoding]).toEqual([[message("long")], false]);
    expect(endpoint.receive(wire.subarray(taken))).toBe(wire.length - taken);
    expect(endpoint.takeEvents()).toEqual([...pong("hi"), message("small")]);
  });

  test("fragments of it, and control frames between them, come as ever", async () => {
    const { endpoint, protocol, finish, extension } = begin(
      sequence(
        frame({ opcode: "binary", rsv: A, payload: encoded.subarray(0, 50), fin: false }),
        ping,
        frame({ opcode: "continuation", payload: encoded.subarray(50) }),
      ),
      { maxSize: 5_000 },
    );
    expect(extension.decodings[0]!.payload).toEqual(encoded);
    expect(extension.limits).toEqual([5_000]);
    await finish(bytes(9));
    protocol.receiveDecoded(0);
    expect(endpoint.takeEvents()).toEqual([...pong("hi"), message(bytes(9))]);
  });

  test.each<[string, Uint8Array | "TOO_BIG" | "INVALID", Outcome]>([
    ["no text", Uint8Array.of(0xff), fails(1007, "UTF8_INVALID")],
    ["more than maxSize", "TOO_BIG", fails(1009, "MESSAGE_TOO_BIG", "more than 1048576 bytes decoded")],
    ["not what it says", "INVALID", fails(1002, "EXTENSION_DATA_INVALID")],
  ])("a message that is %s fails the connection", async (_case, result, expected) => {
    const { endpoint, protocol, finish } = begin();
    await finish(result);
    protocol.receiveDecoded(0);
    expect(outcomeOf(endpoint)).toEqual(expected);
    expect(endpoint.receive(small(side))).toBe(small(side).length);
    expect(endpoint.takeEvents()).toEqual([]);
  });

  test("what fails without the peer's fault is thrown to the driver", async () => {
    const { endpoint, protocol, task } = begin();
    const failure = new Error("no memory");
    task.fail(failure);
    await settled();
    expect(endpoint.told).toBe(1);
    expect(() => protocol.receiveDecoded(0)).toThrow(failure);
    expect([protocol.isDecoding, endpoint.takeEvents()]).toEqual([false, []]);
  });

  test.each<[string, (endpoint: Endpoint) => void]>([
    ["nothing counts any more", ({ protocol }) => protocol.stopReceiving()],
    ["the connection fails", ({ protocol }) => protocol.abandon("broken", 1)],
    ["the transport is gone", ({ protocol }) => protocol.transportEnded(1)],
  ])("the message is dropped when %s", async (_case, happens) => {
    const { endpoint, protocol, finish } = begin();
    happens(endpoint);
    endpoint.takeEvents();
    expect(protocol.isDecoding).toBe(false);
    await finish(utf8("long"));
    protocol.receiveDecoded(2);
    expect([endpoint.told, endpoint.takeEvents()]).toEqual([0, []]);
  });

  test("after our Close frame it is received like any other message", async () => {
    const { endpoint, protocol, finish } = begin();
    protocol.close(1000, "", 1);
    await finish(utf8("long"));
    protocol.receiveDecoded(2);
    expect(endpoint.takeEvents()).toEqual([sendsClose(1000), closing, message("long")]);
  });

  test("time that decoding takes does not count against the peer", async () => {
    const { protocol, finish } = begin(large, { pingInterval: 1_000, pingTimeout: 1_000 });
    expect(protocol.deadline).toBe(1_000);
    await finish(utf8("long"));
    protocol.receiveDecoded(900);
    expect(protocol.deadline).toBe(1_900);
  });

  describe("streaming", () => {
    test("that is asked for meanwhile gets the message as one piece", async () => {
      const { endpoint, protocol, finish } = begin();
      protocol.streamMessage();
      expect(endpoint.takeEvents()).toEqual([]);
      await finish(utf8("long"));
      protocol.receiveDecoded(0);
      endpoint.receive(small(side));
      expect(endpoint.takeEvents()).toEqual([piece("long", true), message("small")]);
    });

    test("hands out parts at once, and a large last one when it is there", async () => {
      class Partwise extends PartwiseTaggingExtension {
        readonly later = new LaterExtension("", A);
        decodeLater = this.later.decodeLater.bind(this.later);
      }
      const extension = new Partwise("A:", A);
      const endpoint = new LaterEndpoint(side, { settings: { maxSize: 1_000 }, extensions: [extension] });
      endpoint.protocol.streamMessage();
      endpoint.receive(frame({ opcode: "text", rsv: A, payload: "A:first.", fin: false })(side));
      endpoint.receive(frame({ opcode: "continuation", payload: bytes(DECODED_LATER) })(side));
      expect(endpoint.takeEvents()).toEqual([piece("first.")]);
      expect(extension.later.limits).toEqual([994]);
      extension.later.decodings[0]!.finish(utf8("last"));
      await settled();
      endpoint.protocol.receiveDecoded(0);
      expect(endpoint.takeEvents()).toEqual([piece("last", true)]);
    });
  });

  describe("a message is decoded at once", () => {
    const both = (): readonly Extension[] => [new LaterExtension("A:", A), new TaggingExtension("B:", 0x20)];

    test.each<[string, Wire, readonly Extension[]]>([
      ["if the extension says so", frame({ opcode: "text", rsv: A, payload: "A:x" }), [new LaterExtension("A:", A)]],
      [
        "if several extensions encoded it",
        frame({ opcode: "text", rsv: A | 0x20, payload: concat(utf8("B:A:"), utf8("x".repeat(200))) }),
        both(),
      ],
      [
        "if its extension cannot do otherwise",
        frame({ opcode: "text", rsv: 0x20, payload: concat(utf8("B:"), utf8("x".repeat(200))) }),
        both(),
      ],
    ])("%s", (_case, wire, extensions) => {
      const endpoint = new LaterEndpoint(side, { extensions });
      endpoint.receive(wire(side));
      expect(endpoint.protocol.isDecoding).toBe(false);
      expect(endpoint.takeEvents()).toHaveLength(1);
    });

    test("if the driver does not listen for anything else", () => {
      const endpoint = new Endpoint(side, { extensions: [new LaterExtension("A:", A)] });
      endpoint.receive(frame({ opcode: "binary", rsv: A, payload: encoded })(side));
      expect(endpoint.takeEvents()).toEqual([message(bytes(DECODED_LATER))]);
    });
  });
});
