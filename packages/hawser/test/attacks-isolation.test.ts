/**
 * Nobody gets another's bytes: neither those of another connection, nor what memory held before.
 */

import { createHash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { Attacker, attackedServer, echo, frame, patientEcho } from "./support/attacker.ts";

/** Bytes of which each says whose it is, and where it stands. */
function patternOf(owner: number, length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4) {
    const word = ((owner & 0xfff) << 20) | ((seed + at) & 0xfffff);
    for (let octet = 0; octet < 4 && at + octet < length; octet++) bytes[at + octet] = word >>> (8 * (3 - octet));
  }
  return bytes;
}

/** Frames as a server sends them. */
function echoOf(payload: Uint8Array): Buffer {
  return Buffer.from(frame({ opcode: 2, payload, masked: false }));
}

/** Reads in fits and starts, and holds every byte against what must come. */
class SuspiciousReader {
  readonly #attacker: Attacker;
  readonly #expected = createHash("sha1");
  readonly #received = createHash("sha1");
  #expectedLength = 0;
  receivedLength = 0;

  constructor(attacker: Attacker) {
    this.#attacker = attacker;
    attacker.socket.removeAllListeners("data").on("data", (bytes: Buffer) => {
      this.#received.update(bytes);
      this.receivedLength += bytes.length;
    });
  }

  sends(payload: Buffer): void {
    const echoed = echoOf(payload);
    this.#expected.update(echoed);
    this.#expectedLength += echoed.length;
    this.#attacker.sendFrame({ opcode: 2, payload });
  }

  get isComplete(): boolean {
    return this.receivedLength >= this.#expectedLength;
  }

  verdict(): readonly [string, string] {
    return [this.#received.digest("hex"), this.#expected.digest("hex")];
  }
}

/** Of every size at which something changes: header lengths, the pool's buffers, what is sent by reference. */
const SIZES = [1, 125, 126, 1_000, 16_000, 32_000, 65_520, 65_521, 65_522, 65_535, 65_536, 70_000, 200_000, 400_000];

describe.each([
  ["hooks", echo],
  ["a function", patientEcho],
] as const)("with %s", (_name, handler) => {
  // More than the pool lends at a time, so that its limit is passed too
  const CONNECTIONS = 100;

  test(`${CONNECTIONS} connections at once, all congested, each gets its own bytes`, { timeout: 60_000 }, async () => {
    const server = await attackedServer(handler, { compression: false });
    const attackers = await Promise.all(Array.from({ length: CONNECTIONS }, () => Attacker.open(server.port)));
    const readers = attackers.map((attacker) => new SuspiciousReader(attacker));
    for (let round = 0; round < 6; round++) {
      for (const [index, reader] of readers.entries()) {
        const { socket } = attackers[index]!;
        // One in three reads, one reads late, one every other round
        if ((index + round) % 3 === 0) socket.pause();
        else socket.resume();
        const size = SIZES[(index * 7 + round * 5) % SIZES.length]!;
        reader.sends(patternOf(index, size, round * 1_000));
        if (index % 4 === 0) for (let small = 0; small < 20; small++) reader.sends(patternOf(index, 50 + small, small));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const { socket } of attackers) socket.resume();
    await vi.waitFor(() => expect(readers.filter((reader) => !reader.isComplete).length).toBe(0), 30_000);
    for (const reader of readers) {
      const [received, expected] = reader.verdict();
      expect(received).toBe(expected);
    }
  });

  test("connections that break while their bytes wait leave the others' alone", { timeout: 60_000 }, async () => {
    const server = await attackedServer(handler, { compression: false });
    const steady = await Promise.all(Array.from({ length: 20 }, () => Attacker.open(server.port)));
    const readers = steady.map((attacker) => new SuspiciousReader(attacker));
    for (let round = 0; round < 4; round++) {
      const breaking = await Promise.all(Array.from({ length: 20 }, () => Attacker.open(server.port)));
      for (const attacker of breaking) {
        attacker.socket.pause();
        for (let count = 0; count < 40; count++)
          attacker.sendFrame({ opcode: 2, payload: patternOf(0xfff, 60_000, 0) });
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
      for (const [index, reader] of readers.entries()) {
        reader.sends(patternOf(index, SIZES[(index + round) % SIZES.length]!, round));
      }
      for (const [index, attacker] of breaking.entries()) {
        if (index % 2 === 0) attacker.reset();
        else attacker.socket.destroy();
      }
    }
    await vi.waitFor(() => expect(readers.filter((reader) => !reader.isComplete).length).toBe(0), 30_000);
    for (const reader of readers) {
      const [received, expected] = reader.verdict();
      expect(received).toBe(expected);
    }
  });
});

describe("only what was given is sent", () => {
  async function sentBy(send: (ws: Parameters<Extract<typeof echo, { open?: unknown }>["message"]>[0]) => unknown) {
    const refusals: unknown[] = [];
    const server = await attackedServer(
      async (ws) => {
        try {
          await send(ws);
        } catch (error) {
          refusals.push(error);
        }
      },
      { compression: false },
    );
    const attacker = await Attacker.open(server.port);
    const first = await attacker.frame();
    return { first, refusals };
  }

  test.each<readonly [name: string, value: unknown]>([
    ["a number", 1_000],
    ["an array", [1, 2, 3]],
    ["null", null],
    ["an object with a length", { length: 1_000 }],
    ["a boolean", true],
    ["a bigint", 10n],
    ["a symbol", Symbol("x")],
    ["a function", () => {}],
  ])("a ping of %s is refused", async (_name, value) => {
    const { first, refusals } = await sentBy((ws) => void ws.ping(value as string).catch(() => {}));
    expect(refusals).toEqual([expect.any(TypeError)]);
    expect(first?.opcode).toBe(8);
  });

  test.each<readonly [name: string, value: unknown]>([
    ["a number", 1_000],
    ["null", null],
    ["an object with a length", { length: 1_000 }],
    ["a date", new Date(0)],
  ])("a message of %s is refused", async (_name, value) => {
    const { first, refusals } = await sentBy((ws) => ws.send(value as string));
    expect(refusals).toEqual([expect.any(TypeError)]);
    expect(first?.opcode).toBe(8);
  });

  test.each<readonly [name: string, code: unknown, reason: unknown]>([
    ["a typed array as the reason", 1000, new Uint32Array(10)],
    ["bytes as the reason", 1000, new Uint8Array(10)],
    ["a number as the reason", 1000, 100],
    ["an object with a length as the reason", 1000, { length: 100 }],
    ["null as the reason", 1000, null],
    ["a text as the code", "1000", ""],
    ["a code within another", [1000], ""],
    ["a code that must not be sent", 1006, ""],
    ["a fraction", 3000.5, ""],
    ["a reason that is too long", 1000, "é".repeat(62)],
  ])("a close with %s is refused", async (_name, code, reason) => {
    const { first, refusals } = await sentBy((ws) => void ws.close(code as number, reason as string));
    expect(refusals).toHaveLength(1);
    expect(first?.opcode).toBe(8);
    expect(first?.payload).toEqual(Uint8Array.of(3, 0xe8));
  });

  const memory = Uint8Array.from({ length: 64 }, (_, at) => at);
  test.each<readonly [name: string, value: ArrayBufferView | ArrayBuffer | SharedArrayBuffer, expected: Uint8Array]>([
    ["a view in the middle", memory.subarray(8, 16), memory.slice(8, 16)],
    ["wide elements", new Uint32Array(memory.buffer, 8, 2), memory.slice(8, 16)],
    ["a DataView", new DataView(memory.buffer, 4, 3), memory.slice(4, 7)],
    ["an ArrayBuffer", memory.buffer, memory],
    ["a Buffer of the pool", Buffer.from("pooled"), Buffer.from("pooled")],
    ["shared memory", new SharedArrayBuffer(3), new Uint8Array(3)],
    ["nothing", new Uint8Array(0), new Uint8Array(0)],
    ["much shared memory", new SharedArrayBuffer(100_000), new Uint8Array(100_000)],
    ["much, a view in the middle", new Uint16Array(new ArrayBuffer(200_000), 10, 50_000), new Uint8Array(100_000)],
  ])("%s: exactly those bytes", async (_name, value, expected) => {
    const { first } = await sentBy((ws) => ws.send(value));
    expect(Buffer.compare(first!.payload, expected)).toBe(0);
  });

  test.each([
    ["an unpaired surrogate", "\ud800", "\ufffd"],
    ["one in the middle of much", `${"a".repeat(30_000)}\udc00b`, `${"a".repeat(30_000)}\ufffdb`],
    ["characters of three octets", "\u20ac".repeat(21_845), "\u20ac".repeat(21_845)],
    ["no character", "", ""],
  ])("%s", async (_name, value, expected) => {
    const { first } = await sentBy((ws) => ws.send(value));
    expect(Buffer.from(first!.payload).toString()).toBe(expected);
  });
});
