/**
 * Part of the interoperability contract: messages, whole and in fragments, in order, and pings.
 */

import type { Message } from "hawser";
import { expect, test } from "vitest";
import { within } from "../deadline.ts";
import { bytes } from "../wire.ts";
import type { OpenPair } from "./pair.ts";
import type { Peer, PeerConnection } from "./peer.ts";

const MESSAGES: readonly (readonly [string, Message])[] = [
  ["empty text", ""],
  ["ASCII text", "Hello, world! ".repeat(20)],
  ["text of two, three and four bytes a character", "é ß Ж € 漢 \u{1f600} \u{10ffff} ".repeat(50)],
  ["an emoji of several characters", "👩‍👩‍👧‍👦"],
  ["no bytes", bytes(0)],
  ["1 byte", bytes(1)],
  ["125 bytes", bytes(125)],
  ["126 bytes", bytes(126)],
  ["65,535 bytes", bytes(65_535)],
  ["65,536 bytes", bytes(65_536)],
  ["1 MiB", bytes(1_048_576)],
];

const FRAGMENTED: readonly (readonly [string, readonly Message[], Message])[] = [
  ["text", ["Hello, ", "", "wörld ", "👋"], "Hello, wörld 👋"],
  ["binary", [bytes(10), bytes(0), bytes(70_000)], new Uint8Array([...bytes(10), ...bytes(70_000)])],
  ["one fragment", ["alone"], "alone"],
];

const MANY = Array.from({ length: 200 }, (_, index) => `message ${index}: ${"x".repeat(index)}`);

export function messagesContract(peer: Peer, open: OpenPair): void {
  test.each(MESSAGES)("%s, there and back", async (_name, message) => {
    const { ours, theirs } = await open();
    await ours.send(message);
    expect(same(await received(theirs), message)).toBe(true);
    await within("the peer sends", theirs.send(message));
    expect(same(await within("we receive", ours.recv()), message)).toBe(true);
  });

  test("200 messages in order, both ways at once", async () => {
    const { ours, theirs } = await open();
    const sending = [inTurn(MANY, (message) => ours.send(message)), theirs.sendEach(MANY)];
    const receiving = Promise.all([collect(() => ours.recv()), theirs.receiveEach(MANY.length)]);
    const [arrivedHere, arrivedThere] = await within("all messages arrive", receiving);
    await within("all messages are sent", Promise.all(sending));
    expect(arrivedHere).toEqual(MANY);
    expect(arrivedThere).toEqual(MANY);
  });

  test.each(FRAGMENTED)("%s in fragments to the peer", async (_name, fragments, whole) => {
    const { ours, theirs } = await open();
    await ours.send(fragments);
    expect(same(await received(theirs), whole)).toBe(true);
  });

  if (peer.abilities.includes("send fragments")) {
    test.each(FRAGMENTED)("%s in fragments from the peer", async (_name, fragments, whole) => {
      const { ours, theirs } = await open();
      await within("the peer sends", theirs.sendFragments(fragments));
      expect(same(await within("we receive", ours.recv()), whole)).toBe(true);
    });
  }

  test.each(["", "ping", bytes(125)])("the peer answers a ping %#", async (payload) => {
    const { ours } = await open();
    const latency = await within("the pong comes", ours.ping(payload));
    expect(ours.latency).toBe(latency);
  });

  test("the peer answers a ping between fragments", async () => {
    const { ours, theirs } = await open();
    async function* fragments() {
      yield "before ";
      await within("the pong comes", ours.ping());
      yield "after";
    }
    await ours.send(fragments());
    expect(await received(theirs)).toBe("before after");
  });

  if (peer.abilities.includes("ping")) {
    test("the peer's ping is answered, also while nobody receives", async () => {
      const { ours, theirs } = await open();
      await theirs.send("not received yet");
      await within("our pong comes", theirs.ping("anybody there?"));
      expect(await ours.recv()).toBe("not received yet");
    });
  }
}

function received(theirs: PeerConnection): Promise<Message> {
  return within("the peer receives", theirs.receive());
}

async function inTurn(messages: readonly string[], send: (message: string) => Promise<void>): Promise<void> {
  for (const message of messages) await send(message);
}

async function collect(receive: () => Promise<Message>): Promise<readonly Message[]> {
  const arrived: Message[] = [];
  while (arrived.length < MANY.length) arrived.push(await receive());
  return arrived;
}

/** As `toEqual()`, which takes seconds for a megabyte. */
function same(one: Message, other: Message): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return Buffer.compare(one, other) === 0;
}
