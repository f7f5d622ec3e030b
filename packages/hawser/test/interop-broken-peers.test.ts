/**
 * Peers with one defect: the connection is failed with the code that says so, the peer hears it, and nothing else happens.
 */

import { connect, serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import { within } from "./support/deadline.ts";
import { fromPeer, type OpenPair, toPeer } from "./support/interop/pair.ts";
import { type WsConnection, wsPeer } from "./support/interop/ws-peer.ts";
import { openClient } from "./support/raw-client.ts";
import { rawServer } from "./support/servers.ts";
import { switchingProtocols } from "./support/switching.ts";
import { transportUnderTest } from "./support/transport-under-test.ts";
import { bytes, closeFrame, frame } from "./support/wire.ts";

const DIRECTIONS: readonly (readonly [string, OpenPair, { readonly mask: boolean }])[] = [
  ["a client of ws", fromPeer(wsPeer), { mask: false }],
  ["a server of ws", toPeer(wsPeer), { mask: true }],
];

describe.each(DIRECTIONS)("%s", (_name, open, wrongMask) => {
  test.each<readonly [string, number, (socket: WebSocket) => void]>([
    ["masks wrongly", 1002, (socket) => socket.send("wrong", wrongMask)],
    ["masks its ping wrongly", 1002, (socket) => socket.ping("wrong", wrongMask.mask)],
    ["sends text that is not UTF-8", 1007, (socket) => socket.send(Uint8Array.of(0xc3, 0x28), { binary: false })],
    ["sends more than maxSize", 1009, (socket) => socket.send(bytes(1_048_577))],
    ["sends more than maxSize, compressed", 1009, (socket) => socket.send("x".repeat(2_000_000))],
  ])("that %s", async (_defect, code, misbehave) => {
    const { ours, theirs } = await open();
    await theirs.send("in order");
    misbehave((theirs as WsConnection).socket);
    expect(await within("we receive", ours.recv())).toBe("in order");
    await expect(within("we fail the connection", ours.recv())).rejects.toMatchObject({
      name: "ConnectionClosedError",
      sent: { code },
    });
    expect(await within("the peer sees the close", theirs.closed())).toMatchObject({ code });
    await within("we are closed", ours.waitClosed());
  });

  test("that sends after our close", async () => {
    const { ours, theirs } = await open();
    const closed = ours.close(4000);
    const { socket } = theirs as WsConnection;
    while (socket.readyState === socket.OPEN) {
      socket.send("late");
      await new Promise(setImmediate);
    }
    await within("our close is answered", closed);
    expect(ours.closeCode).toBe(4000);
  });
});

describe("a router that answers for a peer", () => {
  test("with an unmasked Close, to our server", async () => {
    const closed: unknown[] = [];
    const server = await serve(
      { message() {}, close: (_ws, code) => void closed.push(code) },
      { host: "127.0.0.1", ...transportUnderTest() },
    );
    onTestFinished(() => server.close());
    const client = await openClient(server.port);
    client.write(closeFrame(1001)("client"));
    expect(await client.closed()).toMatchObject({ code: 1002 });
    await within("our server closes", server.close());
    expect(closed).toEqual([1006]);
  });

  test.each([
    ["a masked Close", frame({ opcode: "close", key: 0x01020304 })],
    ["a masked text", frame({ opcode: "text", payload: "hello", key: 0x01020304 })],
  ])("with %s, to our client", async (_name, wire) => {
    const { port } = await rawServer((head, socket) => {
      socket.write(Buffer.concat([switchingProtocols(head), wire("client")]));
    });
    const ws = await connect(`ws://127.0.0.1:${port}/`, { proxy: null, closeTimeout: 100 });
    await expect(within("we fail the connection", ws.recv())).rejects.toMatchObject({ sent: { code: 1002 } });
    await within("we are closed", ws.waitClosed());
  });
});
