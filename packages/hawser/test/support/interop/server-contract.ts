/**
 * Part of the interoperability contract: what a server does to all of its clients, or before they are any.
 */

import { broadcast, type ServerConnection } from "hawser";
import { describe, expect, test } from "vitest";
import { within } from "../deadline.ts";
import { connectPeer, type OurServer, ourServer, type PairOptions } from "./pair.ts";
import type { Peer, PeerConnection } from "./peer.ts";

export function serverContract(peer: Peer): void {
  describe.each([
    ["with compression", "deflate"],
    ["without compression", false],
  ] as const)("%s", (_mode, compression) => {
    test("server.close() is 1001 to all", async () => {
      const { server, peers } = await connectSeveral(peer, { compression });
      await within("our server closes", server.close({ reason: "maintenance" }));
      expect(await closesSeenBy(peers)).toEqual(peers.map(() => ({ code: 1001, reason: "maintenance" })));
    });

    test("server.drain() is 1012 to all", async () => {
      const { server, peers } = await connectSeveral(peer, { compression });
      await within("our server drains", server.drain({ notReady: 0, window: 0 }));
      expect(await closesSeenBy(peers)).toEqual(peers.map(() => ({ code: 1012, reason: "" })));
    });

    test("broadcasts arrive among a connection's own messages", async () => {
      const { connections, peers } = await connectSeveral(peer, { compression });
      const expected = connections.map((_, index) => exchange(index));
      for (let round = 0; round < ROUNDS; round++) {
        connections.forEach((ws, index) => void ws.send(own(index, round)));
        expect(broadcast(connections, toAll(round))).toEqual({ sent: connections.length, skipped: 0, failed: 0 });
      }
      const receiving = peers.map((theirs) => theirs.receiveEach(2 * ROUNDS));
      expect(await within("the peers receive", Promise.all(receiving))).toEqual(expected);
    });
  });

  test("a handshake without any of our subprotocols is refused", async () => {
    const { server } = await ourServer({ subprotocols: ["chat.v2"] });
    await expect(connectPeer(peer, server.port, { subprotocols: ["chat.v1"] })).rejects.toThrow();
    expect(server.metrics()).toMatchObject({ accepted: 0, refused: 1 });
  });
}

const ROUNDS = 20;

function own(index: number, round: number): string {
  return `your own message, client ${index}, number ${round}: ${"wind south-west, ".repeat(10)}`;
}

function toAll(round: number): string {
  return `to all clients, number ${round}: ${"wind south-west, later north, ".repeat(10)}`;
}

function exchange(index: number): readonly string[] {
  return Array.from({ length: ROUNDS }, (_, round) => [own(index, round), toAll(round)]).flat();
}

interface Several extends OurServer {
  readonly connections: readonly ServerConnection[];
  readonly peers: readonly PeerConnection[];
}

async function connectSeveral(peer: Peer, options: PairOptions): Promise<Several> {
  const ours = await ourServer(options);
  const connections: ServerConnection[] = [];
  const peers: PeerConnection[] = [];
  for (let count = 0; count < 3; count++) {
    peers.push(await connectPeer(peer, ours.server.port, options));
    connections.push(await within("our server accepts", ours.accepted.next()));
  }
  return { ...ours, connections, peers };
}

function closesSeenBy(peers: readonly PeerConnection[]): Promise<readonly unknown[]> {
  return within("the peers see the close", Promise.all(peers.map((theirs) => theirs.closed())));
}
