/** Large messages that an extension encodes elsewhere: their order, and how they go with the closing handshake. */

import { describe, expect, test } from "vitest";
import { Endpoint } from "../../test/support/endpoint.ts";
import { abort, closing, end, endsIfServer, pong, sends, sendsClose } from "../../test/support/expectations.ts";
import { LaterExtension } from "../../test/support/later-extension.ts";
import { TaggingExtension } from "../../test/support/tagging-extension.ts";
import { bytes, closeFrame, frame, utf8 } from "../../test/support/wire.ts";
import { FIN, serializeFrame } from "./frame-writer.ts";
import { ENCODED_LATER } from "./message-sender.ts";
import { Opcode } from "./opcode.ts";
import type { Role } from "./settings.ts";

const LARGE = bytes(ENCODED_LATER);

describe.each<Role>(["server", "client"])("%s", (side) => {
  function begin() {
    const extension = new LaterExtension("A:", 0x40);
    const endpoint = new Endpoint(side, { extensions: [extension] });
    const { protocol } = endpoint;
    const encoding = protocol.encodeLater(LARGE, Opcode.BINARY);
    const [task] = extension.encodings;
    let sent = 0;
    const encoded = { payload: utf8("A:short"), sent: () => void sent++ };
    return { endpoint, protocol, extension, encoding: encoding!, task: task!, encoded, sent: () => sent };
  }

  test("a message goes in the encoding that was made of it, which hears of it", async () => {
    const { endpoint, protocol, encoding, task, encoded, sent } = begin();
    expect(task.payload).toBe(LARGE);
    task.finish(encoded);
    const message = await encoding;
    expect([endpoint.takeEvents(), sent()]).toEqual([[], 0]);
    expect(protocol.sendEncoded(message)).toBe(true);
    expect(endpoint.takeEvents()).toEqual([sends("binary", "A:short", { rsv: 0x40 })]);
    expect(sent()).toBe(1);
  });

  test.each([
    ["is better sent so", (task: ReturnType<typeof begin>["task"]) => task.finish(undefined)],
    ["cannot be encoded", (task: ReturnType<typeof begin>["task"]) => task.fail(new Error("no memory"))],
  ])("a message goes as it is if it %s", async (_case, settle) => {
    const { endpoint, protocol, encoding, task, sent } = begin();
    settle(task);
    expect(protocol.sendEncoded(await encoding)).toBe(true);
    expect(endpoint.takeEvents()).toEqual([sends("binary", LARGE)]);
    expect(sent()).toBe(0);
  });

  test.each<[string, number, boolean | undefined, readonly TaggingExtension[]]>([
    ["one that is not large", ENCODED_LATER - 1, undefined, [new LaterExtension("A:", 0x40)]],
    ["one that the extension leaves alone", ENCODED_LATER, false, [new LaterExtension("A:", 0x40)]],
    [
      "any, with several extensions",
      ENCODED_LATER,
      undefined,
      [new LaterExtension("A:", 0x40), new TaggingExtension("B:", 0x20)],
    ],
    ["any, with an extension that works at once", ENCODED_LATER, undefined, [new TaggingExtension("A:", 0x40)]],
    ["any, without extensions", ENCODED_LATER, undefined, []],
  ])("a message is sent at once: %s", (_case, length, compress, extensions) => {
    const { protocol } = new Endpoint(side, { extensions });
    expect(protocol.encodeLater(bytes(length), Opcode.BINARY, compress)).toBeUndefined();
    expect(protocol.sendBytes(bytes(length), Opcode.BINARY, compress)).toBe(true);
  });

  test("no other message goes before it, but control frames do", async () => {
    const { endpoint, protocol, encoding, task, encoded } = begin();
    const misuse = new Error("Cannot send a message: another one is being encoded");
    expect(() => protocol.sendText("x")).toThrow(misuse);
    expect(() => protocol.sendBytes(bytes(1))).toThrow(misuse);
    expect(() => protocol.sendShared(serializeFrame(FIN | Opcode.TEXT, bytes(1)))).toThrow(misuse);
    expect(() => protocol.encodeLater(LARGE, Opcode.TEXT)).toThrow(misuse);
    endpoint.receive(frame({ opcode: "ping", payload: "hi" })(side));
    protocol.ping(utf8("ho"), 0);
    task.finish(encoded);
    protocol.sendEncoded(await encoding);
    protocol.sendText("x", false);
    expect(endpoint.takeEvents()).toEqual([
      ...pong("hi"),
      sends("ping", "ho"),
      sends("binary", "A:short", { rsv: 0x40 }),
      sends("text", "x"),
    ]);
  });

  test("a Close frame that is held goes behind it and behind what was accepted with it", async () => {
    const { endpoint, protocol, encoding, task, encoded } = begin();
    protocol.holdClose();
    protocol.close(1000, "bye", 5);
    expect(endpoint.takeEvents()).toEqual([closing]);
    expect([protocol.state, protocol.canSend, protocol.deadline]).toEqual(["closing", false, 10_005]);
    protocol.close(1001, "again", 6);
    expect(protocol.ping(bytes(1), 6)).toBe(false);
    task.finish(encoded);
    expect(protocol.sendEncoded(await encoding)).toBe(true);
    expect(protocol.sendText("accepted", false)).toBe(true);
    protocol.releaseClose(7);
    protocol.releaseClose(8);
    expect(endpoint.takeEvents()).toEqual([
      sends("binary", "A:short", { rsv: 0x40 }),
      sends("text", "accepted"),
      sendsClose(1000, "bye"),
    ]);
    expect([protocol.sendText("too late"), protocol.encodeLater(LARGE, Opcode.BINARY)]).toEqual([false, undefined]);
    expect(protocol.closeInfo.sent).toEqual({ code: 1000, reason: "bye" });
  });

  test("holding holds nothing but a Close frame that is asked for", () => {
    const { endpoint, protocol } = begin();
    protocol.holdClose();
    protocol.releaseClose(1);
    expect([endpoint.takeEvents(), protocol.state]).toEqual([[], "open"]);
    protocol.close(1000, "", 2);
    expect(endpoint.takeEvents()).toEqual([sendsClose(1000), closing]);
  });

  test("a held Close frame is waited for no longer than closeTimeout", () => {
    const { endpoint, protocol } = begin();
    protocol.holdClose();
    protocol.close(1000, "", 5);
    protocol.handleTimeout(10_005);
    expect(endpoint.takeEvents()).toEqual([closing, abort]);
  });

  test("the peer's Close frame is answered at once, and nothing more is sent", async () => {
    for (const isAsked of [false, true]) {
      const { endpoint, protocol, encoding, task, encoded, sent } = begin();
      protocol.holdClose();
      if (isAsked) protocol.close(1000, "", 1);
      endpoint.receive(closeFrame(1001)(side));
      task.finish(encoded);
      expect(protocol.sendEncoded(await encoding)).toBe(false);
      protocol.releaseClose(2);
      const announced = isAsked ? [closing, sendsClose(1001)] : [sendsClose(1001), closing];
      expect(endpoint.takeEvents()).toEqual([...announced, ...endsIfServer(side)]);
      expect(sent()).toBe(0);
    }
  });

  test.each<[string, (endpoint: Endpoint) => void]>([
    ["fails", ({ protocol }) => protocol.abandon("broken", 3)],
    ["loses its transport", ({ protocol }) => protocol.transportEnded(3)],
    ["hears the end", ({ protocol }) => protocol.receiveEnd(3)],
  ])("nothing is sent once the connection %s", async (_case, happens) => {
    const { endpoint, protocol, encoding, task, encoded, sent } = begin();
    protocol.holdClose();
    protocol.close(1000, "", 1);
    happens(endpoint);
    const events = endpoint.takeEvents();
    task.finish(encoded);
    expect(protocol.sendEncoded(await encoding)).toBe(false);
    protocol.releaseClose(4);
    expect(endpoint.takeEvents()).toEqual([]);
    expect(sent()).toBe(0);
    expect(events).not.toContainEqual(sends("binary", "A:short", { rsv: 0x40 }));
    expect(events.slice(0, 1)).toEqual([closing]);
    if (_case === "hears the end") expect(events).toEqual([closing, end]);
  });
});
