/**
 * Frames that break the rules, and floods of frames that keep them: the close code, and the memory and time they cost.
 */

import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import type { Server } from "../src/node/server.ts";
import {
  Attacker,
  attackedServer,
  echo,
  expectAlive,
  expectNobodyLeft,
  frame,
  memoryGrowth,
  patientEcho,
} from "./support/attacker.ts";

const DEFLATE = { more: ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"] };
const MIB = 1_048_576;

function text(...octets: number[]): Uint8Array {
  return frame({ opcode: 1, payload: Uint8Array.from(octets) });
}

/** The header of a client's binary frame whose length is these eight bytes, and a key. */
function announcing(hex: string): Uint8Array {
  return Buffer.from(`82ff${hex}01020304`, "hex");
}

describe("a broken rule", () => {
  test.each<readonly [name: string, sent: Uint8Array, code: number]>([
    ["no mask", frame({ opcode: 1, payload: "a", masked: false }), 1002],
    ["RSV1 without an extension", frame({ opcode: 1, rsv: 0x40 }), 1002],
    ["RSV2", frame({ opcode: 1, rsv: 0x20 }), 1002],
    ["RSV3 on a control frame", frame({ opcode: 9, rsv: 0x10 }), 1002],
    ["opcode 3", frame({ opcode: 3 }), 1002],
    ["opcode 15", frame({ opcode: 15 }), 1002],
    ["a continuation of nothing", frame({ opcode: 0 }), 1002],
    ["a fragmented ping", frame({ opcode: 9, fin: false }), 1002],
    ["a ping of 126 bytes", frame({ opcode: 9, payload: new Uint8Array(126) }), 1002],
    ["a ping of 2^63 bytes", Buffer.from("89ff800000000000000001020304", "hex"), 1002],
    ["a length of 2^63", announcing("8000000000000000"), 1002],
    ["a length of 2^64 - 1", announcing("ffffffffffffffff"), 1002],
    ["a length of 2^63 - 1", announcing("7fffffffffffffff"), 1009],
    ["a length of 2^53 + 1", announcing("0020000000000001"), 1009],
    ["a length of 2^53", announcing("0020000000000000"), 1009],
    ["a length of 2^32", announcing("0000000100000000"), 1009],
    ["a length of 2^31", announcing("0000000080000000"), 1009],
    ["a length of 64 MB", announcing("0000000004000000"), 1009],
    ["a length of maxSize + 1", announcing("0000000000100001"), 1009],
    ["a length of 0 in eight bytes", announcing("0000000000000000"), 1002],
    ["a length of 5 in two bytes", Buffer.from("82fe000501020304", "hex"), 1002],
    ["a Close of one byte", frame({ opcode: 8, payload: "a" }), 1002],
    ["a Close with 1005", frame({ opcode: 8, payload: Uint8Array.of(3, 0xed) }), 1002],
    ["a Close with 1006", frame({ opcode: 8, payload: Uint8Array.of(3, 0xee) }), 1002],
    ["a Close with 0", frame({ opcode: 8, payload: Uint8Array.of(0, 0) }), 1002],
    ["a Close with 65535", frame({ opcode: 8, payload: Uint8Array.of(0xff, 0xff) }), 1002],
    ["a Close whose reason is not UTF-8", frame({ opcode: 8, payload: Uint8Array.of(3, 0xe8, 0xff) }), 1007],
    ["a text that is not UTF-8", text(0xc0, 0x80), 1007],
    ["a surrogate", text(0xed, 0xa0, 0x80), 1007],
    ["HTTP where frames belong", Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 1002],
    ["zeros", Buffer.alloc(100), 1002],
  ])("%s", async (_name, sent, code) => {
    const server = await attackedServer(echo, { compression: false });
    const attacker = await Attacker.open(server.port);
    attacker.send(sent);
    expect(await attacker.closeCode()).toBe(code);
    attacker.socket.destroy();
    await expectNobodyLeft(server);
    await expectAlive(server);
  });

  test.each([
    ["the first octet", [0xff]],
    ["an octet that cannot follow", [0xe2, 0x28]],
    ["a surrogate, before its last octet", [0xed, 0xa0]],
  ])("UTF-8 that is wrong at %s: 1007 at once, before the message ends", async (_name, octets) => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.open(server.port);
    attacker.sendFrame({ opcode: 1, fin: false, payload: "so far, so good" });
    attacker.sendFrame({ opcode: 0, fin: false, payload: Uint8Array.from(octets) });
    expect(await attacker.closeCode()).toBe(1007);
  });

  test("also within a frame that has not arrived", async () => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.open(server.port);
    attacker.send(frame({ opcode: 1, payload: new Uint8Array(100_000).fill(0xff) }).subarray(0, 50_000));
    expect(await attacker.closeCode()).toBe(1007);
  });
});

describe("compressed", () => {
  const compressed = (payload: Uint8Array): Uint8Array => frame({ opcode: 2, rsv: 0x40, payload });

  test.each<readonly [name: string, payload: Uint8Array, code: number]>([
    ["a block of the reserved type", Uint8Array.of(0x07), 1002],
    ["a distance beyond anything that was sent", Uint8Array.of(0x4b, 0x04, 0xc2, 0xff, 0xff), 1002],
    ["a stored block with the wrong complement", Uint8Array.of(0x00, 0x05, 0x00, 0x00, 0x00, 1, 2, 3, 4, 5), 1002],
    ["a stored block that is cut off", Uint8Array.of(0x00, 0xff, 0xff, 0x00, 0x00, 1), 1002],
    ["noise", Uint8Array.from({ length: 1_000 }, (_, at) => (at * 167 + 91) & 0xff), 1002],
  ])("%s: %i", async (_name, payload, code) => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.open(server.port, DEFLATE);
    attacker.send(compressed(payload));
    expect(await attacker.closeCode()).toBe(code);
    await expectAlive(server);
  });

  test("RSV1 on a continuation, or on a ping, is not compression", async () => {
    const server = await attackedServer(echo);
    for (const sent of [
      [frame({ opcode: 2, fin: false }), frame({ opcode: 0, rsv: 0x40 })],
      [frame({ opcode: 9, rsv: 0x40 })],
    ]) {
      const attacker = await Attacker.open(server.port, DEFLATE);
      for (const one of sent) attacker.send(one);
      expect(await attacker.closeCode()).toBe(1002);
    }
  });

  test("300 MB of zeros: 1009, and no more memory than maxSize asks for", async () => {
    const bomb = bombOf(300);
    const server = await attackedServer(echo);
    const attacker = await Attacker.open(server.port, DEFLATE);
    const growth = await memoryGrowth(async () => {
      attacker.send(compressed(bomb));
      expect(await attacker.closeCode()).toBe(1009);
    });
    expect(growth).toBeLessThan(48 * MIB);
  });

  test("a hundred bombs at once, in fragments", async () => {
    const bomb = bombOf(20);
    const server = await attackedServer(echo);
    const attackers = await Promise.all(Array.from({ length: 100 }, () => Attacker.open(server.port, DEFLATE)));
    const growth = await memoryGrowth(async () => {
      for (const attacker of attackers) {
        attacker.sendFrame({ opcode: 2, rsv: 0x40, fin: false, payload: bomb.subarray(0, 1_000) });
        attacker.sendFrame({ opcode: 0, payload: bomb.subarray(1_000) });
      }
      const codes = await Promise.all(attackers.map((attacker) => attacker.closeCode()));
      expect(new Set(codes)).toEqual(new Set([1009]));
    });
    expect(growth).toBeLessThan(160 * MIB);
    await expectAlive(server);
  });

  test("what another connection sent is never in reach", async () => {
    const server = await attackedServer(echo);
    const victim = await Attacker.open(server.port, DEFLATE);
    const secret = "the secret of the first connection".repeat(30);
    victim.sendFrame({ opcode: 1, payload: secret });
    await victim.frame();
    const attacker = await Attacker.open(server.port, DEFLATE);
    // Refers to what its own window does not hold
    const dictionary = Buffer.from(secret);
    const stolen = deflateRawSync(dictionary, { dictionary, finishFlush: constants.Z_SYNC_FLUSH });
    attacker.send(compressed(stolen.subarray(0, -4)));
    expect(await attacker.closeCode()).toBe(1002);
  });
});

describe("fragments without end", () => {
  const COUNT = 600_000;

  test.each([
    ["empty", frame({ opcode: 0, fin: false })],
    ["of one byte", frame({ opcode: 0, fin: false, payload: "a" })],
  ])("600,000 %s: 1009, and memory in proportion to the bytes", async (_name, fragment) => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.open(server.port);
    const chunk = Buffer.concat(Array.from({ length: 10_000 }, () => fragment));
    const growth = await memoryGrowth(async () => {
      attacker.sendFrame({ opcode: 1, fin: false, payload: "a" });
      for (let sent = 0; sent < COUNT; sent += 10_000) await attacker.push(Buffer.from(chunk));
      expect(await attacker.closeCode()).toBe(1009);
    });
    expect(growth).toBeLessThan(48 * MIB);
    await expectAlive(server);
  });

  test("600,000 messages of one byte that nobody takes are not read, and those of who takes them are all there", async () => {
    let take = () => {};
    const mayTake = new Promise<void>((resolve) => {
      take = resolve;
    });
    let count = 0;
    const server = await attackedServer(async (ws) => {
      await mayTake;
      for await (const _message of ws) count++;
    });
    const attacker = await Attacker.open(server.port);
    const one = frame({ opcode: 1, payload: "a" });
    const chunk = Buffer.concat(Array.from({ length: 10_000 }, () => one));
    const growth = await memoryGrowth(async () => {
      for (let sent = 0; sent < COUNT; sent += 10_000) attacker.send(chunk);
      attacker.sendFrame({ opcode: 8 });
      await new Promise((resolve) => setTimeout(resolve, 50));
      take();
      expect(await attacker.closeCode()).toBe(1005);
    });
    expect(count).toBe(COUNT);
    expect(growth).toBeLessThan(64 * MIB);
  });

  test("64 MB announced, maxSize raised, and dripped in segments of three bytes", async () => {
    const server = await attackedServer(echo, { maxSize: 64 * MIB });
    const attacker = await Attacker.open(server.port);
    const segments = 20_000;
    const growth = await memoryGrowth(async () => {
      attacker.send(announcing("0000000004000000"));
      for (let sent = 0; sent < segments; sent++) {
        attacker.send(Uint8Array.of(1, 2, 3));
        // Lets the segment leave by itself
        if (sent % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      attacker.reset();
      await expectNobodyLeft(server);
    });
    expect(growth).toBeLessThan(32 * MIB);
  });

  test("a hundred who announce 64 MB and send three bytes", async () => {
    const server = await attackedServer(echo, { maxSize: 64 * MIB });
    const attackers = await Promise.all(Array.from({ length: 100 }, () => Attacker.open(server.port)));
    const growth = await memoryGrowth(async () => {
      for (const attacker of attackers) attacker.send(announcing("0000000004000000")).send(Uint8Array.of(1, 2, 3));
      await expectAlive(server);
    });
    expect(growth).toBeLessThan(32 * MIB);
  });

  test("64 MB, maxSize raised, in segments as they come: whole, without being copied over and over", async () => {
    let length = 0;
    const server = await attackedServer(
      {
        message(_ws, message) {
          length = message.length;
        },
      },
      { maxSize: 64 * MIB },
    );
    const attacker = await Attacker.open(server.port);
    attacker.send(announcing("0000000004000000"));
    const chunk = Buffer.alloc(MIB);
    for (let sent = 0; sent < 64; sent++) await attacker.push(chunk);
    await vi.waitFor(() => expect(length).toBe(64 * MIB), 10_000);
  });
});

describe("a peer that does not read", () => {
  /** Sends until the server has stopped reading: the kernel takes no more for a while. */
  async function sendUntilStuck(attacker: Attacker, bytes: Uint8Array, limit: number): Promise<number> {
    let sent = 0;
    for (; sent < limit; sent += bytes.length) {
      if (attacker.socket.write(bytes)) continue;
      const drained = new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), 250);
        attacker.socket.once("drain", () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
      if (!(await drained)) break;
    }
    return sent;
  }

  function buffered(server: Server): number {
    return [...server.connections].reduce((sum, ws) => sum + ws.bufferedAmount, 0);
  }

  test.each([
    ["hooks", echo],
    ["a function", patientEcho],
  ])(
    "64 MB to echo, by %s: reading pauses, little is held, and all of it comes once it reads",
    async (_name, handler) => {
      const server = await attackedServer(handler, { compression: false });
      const attacker = await Attacker.open(server.port);
      attacker.socket.pause();
      const message = frame({ opcode: 2, payload: new Uint8Array(16_384) });
      const growth = await memoryGrowth(async () => {
        const sent = await sendUntilStuck(attacker, message, 64 * MIB);
        expect(sent).toBeLessThan(64 * MIB);
      });
      expect(buffered(server)).toBeLessThan(4 * MIB);
      expect(growth).toBeLessThan(64 * MIB);
      let received = 0;
      attacker.socket.removeAllListeners("data").on("data", (bytes) => {
        received += bytes.length;
      });
      attacker.socket.resume();
      attacker.sendFrame({ opcode: 1, payload: "x" });
      await vi.waitFor(() => expect(attacker.socket.writableLength).toBe(0), 10_000);
      const echoes = Math.floor(attacker.socket.bytesWritten / message.length);
      await vi.waitFor(() => expect(received).toBe(echoes * (16_384 + 4) + 3), 10_000);
    },
  );

  test("a flood of pings: the answers are bounded", async () => {
    const server = await attackedServer(echo, { compression: false });
    const attacker = await Attacker.open(server.port);
    attacker.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 500 }, () => frame({ opcode: 9, payload: new Uint8Array(125) })));
    const growth = await memoryGrowth(async () => {
      await sendUntilStuck(attacker, pings, 64 * MIB);
    });
    expect(buffered(server)).toBeLessThan(MIB);
    expect(growth).toBeLessThan(48 * MIB);
    await expectAlive(server);
  });

  test("is closed all the same, within closeTimeout", async () => {
    const server = await attackedServer(echo, { compression: false, closeTimeout: 100 });
    const attacker = await Attacker.open(server.port);
    attacker.socket.pause();
    await sendUntilStuck(attacker, frame({ opcode: 2, payload: new Uint8Array(16_384) }), 64 * MIB);
    await server.close();
    expect(server.metrics()).toMatchObject({ connections: 0, openings: 0 });
  });
});

describe("control frames", () => {
  test("ten pings get ten pongs, in order", async () => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.open(server.port);
    const payloads = Array.from({ length: 10 }, (_, at) => `ping ${at}`);
    attacker.send(Buffer.concat(payloads.map((payload) => frame({ opcode: 9, payload }))));
    for (const payload of payloads) {
      const pong = await attacker.frame();
      expect([pong?.opcode, Buffer.from(pong?.payload ?? "").toString()]).toEqual([10, payload]);
    }
  });

  test("pings within a message, a byte at a time", async () => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.open(server.port);
    const bytes = Buffer.concat([
      frame({ opcode: 1, fin: false, payload: "one " }),
      frame({ opcode: 9, payload: "a" }),
      frame({ opcode: 0, fin: false, payload: "" }),
      frame({ opcode: 9, payload: "b" }),
      frame({ opcode: 0, payload: "two" }),
    ]);
    for (const byte of bytes) attacker.send(Uint8Array.of(byte));
    const replies = [await attacker.frame(), await attacker.frame(), await attacker.frame()];
    expect(replies.map((reply) => Buffer.from(reply!.payload).toString())).toEqual(["a", "b", "one two"]);
  });

  test("100,000 pongs that nobody asked for, while pings of ours wait for theirs", async () => {
    const server = await attackedServer(async (ws) => {
      for (let count = 0; count < 10; count++) void ws.ping().catch(() => {});
      for await (const message of ws) await ws.send(message);
    });
    const attacker = await Attacker.open(server.port);
    const pong = frame({ opcode: 10, payload: new Uint8Array(125) });
    const chunk = Buffer.concat(Array.from({ length: 1_000 }, () => pong));
    for (let count = 0; count < 100; count++) await attacker.push(Buffer.from(chunk));
    attacker.sendFrame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) });
    expect(await attacker.closeCode()).toBe(1000);
  });
});

/** So many megabytes of zeros, as a compressed message. Made once a size: it takes a while. */
function bombOf(megabytes: number): Uint8Array {
  const bomb = deflateRawSync(Buffer.alloc(megabytes * MIB), { finishFlush: constants.Z_SYNC_FLUSH });
  return bomb.subarray(0, -4);
}
