/**
 * Part of the interoperability contract: permessage-deflate is agreed on alike by both sides, and its windows hold over many
 * messages.
 */

import { createHash } from "node:crypto";
import type { Connection, PerMessageDeflateOptions } from "hawser";
import { expect, test } from "vitest";
import { within } from "../deadline.ts";
import type { OpenPair, Pair } from "./pair.ts";
import type { Peer } from "./peer.ts";

/** As an application sends them: each is nearly the one before. */
const SIMILAR = Array.from({ length: 200 }, (_, index) => {
  const position = { vessel: `vessel-${index % 7}`, latitude: 54 + index / 1000, longitude: 10 - index / 1000 };
  return JSON.stringify({ id: index, type: "position", ...position, note: "under way, ".repeat(10) });
});

const SIMILAR_BYTES = SIMILAR.join("").length;

/**
 * 150 kB in which texts that don't shrink by themselves come again after 0.5 to 30 kB: a repetition beyond a window that one
 * side has forgotten and the other has not does not go unseen.
 */
const RECURRING = Array.from({ length: 300 }, (_, index) => `${index} ${incompressible((index * index) % 61)}`);

function incompressible(seed: number): string {
  const parts = Array.from({ length: 6 }, (_, part) => createHash("sha512").update(`${seed} ${part}`).digest("base64"));
  return parts.join("");
}

const WINDOWS = [9, 10, 11, 12, 13, 14, 15];

const SETTINGS: readonly (readonly [string, PerMessageDeflateOptions])[] = [
  ...WINDOWS.map(
    (bits) => [`windows of ${bits} bits`, { serverMaxWindowBits: bits, clientMaxWindowBits: bits }] as const,
  ),
  ["windows of 9 and 15 bits", { serverMaxWindowBits: 9, clientMaxWindowBits: 15 }],
  ["windows of 15 and 9 bits", { serverMaxWindowBits: 15, clientMaxWindowBits: 9 }],
  ["no context takeover", { serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ["no context takeover of the server", { serverNoContextTakeover: true }],
  ["no context takeover of the client", { clientNoContextTakeover: true }],
];

/** zlib, which the peers compress with, can't make a window of 8 bits, but all read one. */
const SMALLEST: Readonly<Record<"client" | "server", PerMessageDeflateOptions>> = {
  client: { clientMaxWindowBits: 8 },
  server: { serverMaxWindowBits: 8 },
};

/** @param side which side the peer is on */
export function compressionContract(peer: Peer, side: "client" | "server", open: OpenPair): void {
  const ourSide = side === "client" ? "server" : "client";

  test("similar messages shrink", async () => {
    const { ours, theirs, relay } = await open({ isRelayed: true });
    await exchange({ ours, theirs }, SIMILAR);
    expect(relay!.passed[ourSide]).toBeLessThan(SIMILAR_BYTES / 4);
    if (!peer.abilities.includes("compress what it sends")) return;
    expect(relay!.passed[side]).toBeLessThan(SIMILAR_BYTES / 4);
  });

  test.each([...SETTINGS, ["our window of 8 bits", SMALLEST[ourSide]] as const])("%s", async (_name, compression) => {
    const { ours, theirs } = await open({ compression });
    expect(shown(ours)).toMatch(/^permessage-deflate/);
    if (peer.abilities.includes("tell parameters of extensions")) {
      expect(sorted(theirs.extensions)).toBe(sorted(shown(ours)));
    } else {
      expect(theirs.extensions).toBe("permessage-deflate");
    }
    await exchange({ ours, theirs }, RECURRING);
  });

  test("no extension if we want none", async () => {
    const { ours, theirs } = await open({ compression: false, peerCompression: true });
    expect(shown(ours)).toBe("");
    expect(theirs.extensions).toBe("");
    await exchange({ ours, theirs }, SIMILAR);
  });

  if (peer.abilities.includes("decline compression")) {
    test("no extension if the peer wants none", async () => {
      const { ours, theirs } = await open({ peerCompression: false });
      expect(shown(ours)).toBe("");
      expect(theirs.extensions).toBe("");
      await exchange({ ours, theirs }, SIMILAR);
    });
  }

  if (peer.abilities.includes("set window sizes")) {
    test.each(WINDOWS)("windows of %i bits that the peer wants", async (bits) => {
      const compression = { serverMaxWindowBits: 15, clientMaxWindowBits: 15 };
      const { ours, theirs } = await open({ compression, peerWindowBits: { server: bits, client: bits } });
      expect(shown(ours)).toContain(`server_max_window_bits=${bits}`);
      expect(sorted(theirs.extensions)).toBe(sorted(shown(ours)));
      await exchange({ ours, theirs }, RECURRING);
    });
  }
}

/** Both ways at once. Some of our messages go in fragments. */
async function exchange({ ours, theirs }: Pick<Pair, "ours" | "theirs">, messages: readonly string[]): Promise<void> {
  const sendOurs = async () => {
    for (const [index, message] of messages.entries()) await ours.send(index % 10 === 0 ? halves(message) : message);
  };
  const receiveOurs = async () => {
    const arrived: unknown[] = [];
    while (arrived.length < messages.length) arrived.push(await ours.recv());
    return arrived;
  };
  const work = [receiveOurs(), theirs.receiveEach(messages.length), sendOurs(), theirs.sendEach(messages)] as const;
  const [arrivedHere, arrivedThere] = await within("all messages arrive", Promise.all(work));
  expect(arrivedHere).toEqual(messages);
  expect(arrivedThere).toEqual(messages);
}

function halves(message: string): readonly string[] {
  return [message.slice(0, message.length / 2), message.slice(message.length / 2)];
}

/** As in a header. */
function shown({ extensions }: Connection): string {
  const texts = extensions.map(({ name, parameters }) =>
    [name, ...[...parameters].map(([key, value]) => (value === true ? key : `${key}=${value}`))].join("; "),
  );
  return texts.join(", ");
}

/** Parameters have no order. */
function sorted(header: string): string {
  const [name, ...parameters] = header.split(";").map((part) => part.trim());
  return [name, ...parameters.sort()].join("; ");
}
