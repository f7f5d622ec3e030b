/**
 * What holds between this library and any other implementation: one suite, which each peer's test file runs.
 */

import { afterAll, beforeAll, describe } from "vitest";
import { closingContract } from "./closing-contract.ts";
import { compressionContract } from "./compression-contract.ts";
import { handshakeContract } from "./handshake-contract.ts";
import { messagesContract } from "./messages-contract.ts";
import { fromPeer, type OpenPair, toPeer } from "./pair.ts";
import type { Peer } from "./peer.ts";
import { serverContract } from "./server-contract.ts";

/** In both directions as far as they exist, with and without compression. */
export function interopContract(peer: Peer): void {
  beforeAll(() => peer.start());
  afterAll(() => peer.stop());

  describe.each(directions(peer))("interop contract: %s", (_name, side, open) => {
    describe.each([
      ["with compression", "deflate"],
      ["without compression", false],
    ] as const)("%s", (_mode, compression) => {
      const openLikeThis: OpenPair = (options) => open({ compression, ...options });
      messagesContract(peer, openLikeThis);
      closingContract(peer, openLikeThis);
    });
    handshakeContract(open);
    compressionContract(peer, side, open);
  });
  describe(`interop contract: many of ${peer.name} on our server`, () => serverContract(peer));
}

/** The name, which side the peer is on, and how to open a connection. */
function directions(peer: Peer): readonly (readonly [string, "client" | "server", OpenPair])[] {
  const asClient = [`${peer.name} to our server`, "client", fromPeer(peer)] as const;
  if (peer.listen === undefined) return [asClient];
  return [asClient, [`our client to ${peer.name}`, "server", toPeer(peer)]];
}
