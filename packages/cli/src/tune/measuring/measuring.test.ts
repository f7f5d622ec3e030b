import { describe, expect, test } from "vitest";
import { corpus } from "../../corpora/index.ts";
import { compressionWith } from "../settings.ts";
import { agreeOn, decode, encode, heldBytes } from "./extension-pair.ts";
import { measurePass } from "./one-connection.ts";
import { RoundRobin } from "./round-robin.ts";

const messages = corpus("chat", 60);
const bytes = messages.reduce((sum, { length }) => sum + length, 0);

describe("both ends of a connection", () => {
  test("understand each other in both directions", () => {
    const { server, client } = agreeOn(compressionWith(10));
    for (const message of messages) {
      for (const [from, to] of [
        [server, client],
        [client, server],
      ] as const) {
        const payload = encode(from, message)!.slice();
        expect(payload.length).toBeLessThan(message.length);
        expect(to.decode(payload, message.length)).toEqual(message);
      }
    }
    expect(heldBytes(server)).toBe(2 * 1_024);
    expect(heldBytes({ ...server, heldBytes: undefined } as typeof server)).toBeUndefined();
  });

  test("the window that the server names holds for both", () => {
    const { parameters } = agreeOn(compressionWith(11)).client;
    expect([...parameters]).toEqual([
      ["server_max_window_bits", "11"],
      ["client_max_window_bits", "11"],
    ]);
  });

  test("a message that comes out wrong ends the measuring", () => {
    const { server, client } = agreeOn(compressionWith(12));
    const payload = encode(client, messages[0]!)!.slice();
    expect(() => decode(server, payload, messages[0]!.length + 1)).toThrow("another length");
    expect(() => decode(server, payload.subarray(0, 5), messages[0]!.length)).toThrow("could not be inflated");
  });
});

describe("one connection", () => {
  test("is measured in payload bytes, and the same bytes each time", () => {
    const wide = measurePass(compressionWith(15), messages, 0);
    const narrow = measurePass(compressionWith(9), messages, 1_000);
    const alone = measurePass(compressionWith(12, { takeover: false }), messages, 0);
    expect(wide.bytes).toBeLessThan(narrow.bytes);
    expect(narrow.bytes).toBeLessThan(bytes);
    expect(alone.bytes).toBeGreaterThan(wide.bytes);
    expect(measurePass(compressionWith(15), messages, 0).bytes).toBe(wide.bytes);
  });

  test("messages that do not shrink are sent as they are", () => {
    const noise = messages
      .slice(0, 5)
      .map((_, index) => Uint8Array.from({ length: 20 }, (_, at) => (at * 89 + index * 7) & 255));
    expect(measurePass(compressionWith(12), noise, 0)).toMatchObject({ bytes: 100 });
  });
});

describe("many connections in turn", () => {
  test("begin with full windows", () => {
    const { heldBytes: held, deflate, inflate } = new RoundRobin(compressionWith(11), messages, 12).run(0);
    expect(held).toBe(2 * 2_048);
    expect([deflate >= 0, inflate >= 0]).toEqual([true, true]);
  });

  test("hold nothing without context", () => {
    const connections = new RoundRobin(compressionWith(12, { takeover: false }), messages, 12);
    expect(connections.run(0).heldBytes).toBe(0);
  });

  test("a corpus smaller than the window is repeated", () => {
    expect(new RoundRobin(compressionWith(15), messages.slice(0, 2), 3).run(0).heldBytes).toBe(2 * 32_768);
  });
});
