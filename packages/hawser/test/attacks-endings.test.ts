/**
 * Connections that end where none should: by RST, by half a close, by nothing at all. Handlers return, sockets go.
 */

import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import type { ServeOptions } from "../src/node/serve-options.ts";
import {
  Attacker,
  attackedServer,
  echo,
  expectAlive,
  expectNobodyLeft,
  frame,
  openDescriptors,
  patientEcho,
  requestOf,
} from "./support/attacker.ts";

type Stage = readonly [name: string, reach: (port: number) => Promise<Attacker>];

const DEFLATE = { more: ["Sec-WebSocket-Extensions: permessage-deflate"] };

async function opened(port: number, ...sent: Uint8Array[]): Promise<Attacker> {
  const attacker = await Attacker.open(port, DEFLATE);
  for (const bytes of sent) attacker.send(bytes);
  return attacker;
}

async function connected(port: number, sent: string): Promise<Attacker> {
  return (await Attacker.connect(port)).send(sent);
}

const compressed = deflateRawSync(Buffer.alloc(1_000), { finishFlush: constants.Z_SYNC_FLUSH });
const large = frame({ opcode: 2, payload: new Uint8Array(500_000) });

const STAGES: readonly Stage[] = [
  ["before anything is sent", (port) => Attacker.connect(port)],
  ["within the request line", (port) => connected(port, "GET /")],
  ["within a header", (port) => connected(port, requestOf().slice(0, 40))],
  ["before the last byte of the request", (port) => connected(port, requestOf().slice(0, -1))],
  ["behind the request", (port) => connected(port, requestOf())],
  ["behind a request that is refused", (port) => connected(port, "nonsense\r\n\r\n")],
  ["behind the handshake", (port) => opened(port)],
  ["within a frame's header", (port) => opened(port, Uint8Array.of(0x81))],
  ["within a long length", (port) => opened(port, Uint8Array.of(0x82, 0xff, 0, 0, 0))],
  ["within a masking key", (port) => opened(port, Uint8Array.of(0x81, 0x85, 1, 2))],
  ["within a payload", (port) => opened(port, large.subarray(0, 100_000))],
  ["between fragments", (port) => opened(port, frame({ opcode: 1, fin: false, payload: "a" }))],
  [
    "within a compressed message",
    (port) => opened(port, frame({ opcode: 2, rsv: 0x40, fin: false, payload: compressed })),
  ],
  ["within a ping", (port) => opened(port, Uint8Array.of(0x89, 0x85, 1, 2, 3, 4, 5))],
  ["within a Close frame", (port) => opened(port, Uint8Array.of(0x88, 0x82, 1, 2, 3, 4, 5))],
  ["behind messages that are being echoed", (port) => opened(port, large, large, large)],
  ["behind a Close frame", (port) => opened(port, frame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) }))],
  ["behind a frame that breaks a rule", (port) => opened(port, frame({ opcode: 3 }))],
];

const HANDLERS = [
  ["hooks", echo],
  ["a function", patientEcho],
] as const;

describe.each(HANDLERS)("with %s, RST", (_name, handler) => {
  test.each(STAGES)("%s", async (_stage, reach) => {
    const server = await attackedServer(handler);
    (await reach(server.port)).reset();
    await expectNobodyLeft(server);
    await expectAlive(server);
  });
});

describe.each(HANDLERS)("with %s, half a close", (_name, handler) => {
  test.each(STAGES)("%s: the server ends its side too", async (_stage, reach) => {
    const server = await attackedServer(handler);
    const attacker = await reach(server.port);
    attacker.socket.end();
    await attacker.untilEnd();
    attacker.socket.destroy();
    await expectNobodyLeft(server);
    await expectAlive(server);
  });
});

describe("a handshake under way", () => {
  const patient: ServeOptions = {
    openTimeout: 500,
    processRequest: () => new Promise((resolve) => setTimeout(() => resolve(undefined), 20)),
    processResponse: () => new Promise((resolve) => setTimeout(() => resolve(undefined), 20)),
  };

  test.each<readonly [string, (attacker: Attacker) => void]>([
    ["RST", (attacker) => attacker.reset()],
    ["half a close", (attacker) => void attacker.socket.end()],
    ["both", (attacker) => void attacker.socket.destroy()],
  ])("%s while a hook decides", async (_name, end) => {
    const server = await attackedServer(echo, patient);
    const attacker = await Attacker.connect(server.port);
    attacker.send(requestOf());
    await vi.waitFor(() => expect(server.metrics().openings).toBe(1));
    end(attacker);
    await expectNobodyLeft(server);
    await expectAlive(server);
  });
});

describe("after Close", () => {
  test("what follows the peer's Close frame is dropped", async () => {
    const messages: unknown[] = [];
    const server = await attackedServer({ message: (_ws, message) => void messages.push(message) });
    const attacker = await Attacker.open(server.port);
    const late = frame({ opcode: 1, payload: "late" });
    attacker.send(
      Buffer.concat([frame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) }), late, frame({ opcode: 3 }), late]),
    );
    expect(await attacker.closeCode()).toBe(1000);
    for (let count = 0; count < 100; count++) await attacker.push(large);
    attacker.socket.end();
    await expectNobodyLeft(server);
    expect(messages).toEqual([]);
  });

  test("a peer that takes our Close frame, sends on, and never closes, is dropped by closeTimeout", async () => {
    let received = 0;
    const server = await attackedServer(
      async (ws) => {
        await ws.recv();
        void ws.close(4000);
        for await (const message of ws) received += message.length;
      },
      { closeTimeout: 200 },
    );
    const attacker = await Attacker.open(server.port);
    attacker.sendFrame({ opcode: 1, payload: "go" });
    const flood = setInterval(() => attacker.send(frame({ opcode: 2, payload: new Uint8Array(10_000) })), 5);
    await expectNobodyLeft(server);
    clearInterval(flood);
    expect(await attacker.closeCode()).toBe(4000);
    expect(received).toBeGreaterThan(0);
  });

  test("a peer that answers Close and never ends its side is dropped by closeTimeout", async () => {
    const server = await attackedServer(echo, { closeTimeout: 100 });
    const attacker = await Attacker.open(server.port);
    attacker.sendFrame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) });
    expect(await attacker.closeCode()).toBe(1000);
    await expectNobodyLeft(server);
  });

  test("a second Close frame, and a thousand, get no answer", async () => {
    const server = await attackedServer(echo);
    const attacker = await Attacker.open(server.port);
    const close = frame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) });
    attacker.send(Buffer.concat(Array.from({ length: 1_000 }, () => close)));
    expect(await attacker.closeCode()).toBe(1000);
    expect(await attacker.frame()).toBeUndefined();
  });
});

test("a peer that is silent is asked, and given up when it does not answer", async () => {
  const server = await attackedServer(echo, { pingInterval: 50, pingTimeout: 50, closeTimeout: 50 });
  const attacker = await Attacker.open(server.port);
  expect((await attacker.frame())?.opcode).toBe(9);
  expect(await attacker.closeCode()).toBe(1011);
  await expectNobodyLeft(server);
});

test("500 connections that end in every way leave no descriptor", async () => {
  const server = await attackedServer(patientEcho, { closeTimeout: 300 });
  await expectAlive(server);
  await expectNobodyLeft(server);
  const before = openDescriptors();
  for (let round = 0; round < 500; round += 50) {
    await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const [, reach] = STAGES[(round + at) % STAGES.length]!;
        const { socket } = await reach(server.port);
        const closed = new Promise((resolve) => socket.once("close", resolve));
        if (at % 3 === 0) socket.resetAndDestroy();
        else if (at % 3 === 1) socket.end(() => socket.destroy());
        else socket.destroy();
        if (!socket.closed) await closed;
      }),
    );
  }
  await expectNobodyLeft(server);
  await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before), 5_000);
});
