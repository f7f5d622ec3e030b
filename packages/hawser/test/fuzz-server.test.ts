/**
 * Random bytes at a real server, over real sockets: every connection is answered or closed, nothing escapes, the next client
 * is served.
 */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Attacker, attackedServer, echo, expectAlive, expectNobodyLeft, frame, requestOf } from "./support/attacker.ts";

const RUNS = { numRuns: 60, interruptAfterTimeLimit: 15_000 };

const noise = fc.uint8Array({ maxLength: 2_000 });

/** Requests that are nearly right. */
const request = fc
  .tuple(fc.nat(), fc.nat({ max: 255 }), fc.constantFrom("replace", "insert", "remove", "cut"))
  .map(([place, octet, change]) => mutated(Buffer.from(requestOf()), place, octet, change));

function mutated(bytes: Buffer, place: number, octet: number, change: string): Buffer {
  const at = place % bytes.length;
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
  if (change === "cut") return before;
  if (change === "remove") return Buffer.concat([before, after]);
  const kept = change === "insert" ? bytes.subarray(at) : after;
  return Buffer.concat([before, Uint8Array.of(octet), kept]);
}

/** Frames of which most keep the rules. */
const frames = fc
  .array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc
          .record({
            opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
            fin: fc.boolean(),
            payload: fc.uint8Array({ maxLength: 200 }),
          })
          .map(frame),
      },
      {
        weight: 1,
        arbitrary: fc
          .record({
            opcode: fc.nat({ max: 15 }),
            fin: fc.boolean(),
            rsv: fc.constantFrom(0, 0x40, 0x20),
            masked: fc.boolean(),
          })
          .map(frame),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }) },
    ),
    { maxLength: 20 },
  )
  .map((parts) => Buffer.concat(parts));

/** How many bytes go in one segment. */
const step = fc.constantFrom(1, 7, 1_000, 100_000);

function sendInSteps(attacker: Attacker, bytes: Uint8Array, length: number): void {
  // A byte at a time for the beginning alone: thousands of segments would find nothing more
  const fine = length < 10 ? 200 : Number.POSITIVE_INFINITY;
  let at = 0;
  for (; at < Math.min(bytes.length, fine); at += length)
    attacker.send(bytes.subarray(at, Math.min(at + length, bytes.length)));
  if (at < bytes.length) attacker.send(bytes.subarray(at));
}

describe.each([
  ["noise in place of a request", noise, false],
  ["requests that are nearly right", request, false],
  ["noise in place of frames", noise, true],
  ["frames of which some break the rules", frames, true],
] as const)("%s", (_name, arbitrary, isOpen) => {
  test("is answered or closed", { timeout: 40_000 }, async () => {
    const server = await attackedServer(echo, { openTimeout: 2_000 });
    await fc.assert(
      fc.asyncProperty(arbitrary as fc.Arbitrary<Uint8Array>, step, async (bytes, length) => {
        const attacker = isOpen
          ? await Attacker.open(server.port, { more: ["Sec-WebSocket-Extensions: permessage-deflate"] })
          : await Attacker.connect(server.port);
        sendInSteps(attacker, bytes, length);
        // The server must notice the end, whatever state it is in, and end its own side
        attacker.socket.end();
        await attacker.untilEnd();
        attacker.socket.destroy();
      }),
      RUNS,
    );
    await expectNobodyLeft(server);
    await expectAlive(server);
    expect(server.metrics().openings).toBe(0);
  });
});
