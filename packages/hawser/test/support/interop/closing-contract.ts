/**
 * Part of the interoperability contract: how a connection ends.
 */

import { expect, test } from "vitest";
import { within } from "../deadline.ts";
import type { OpenPair, Pair } from "./pair.ts";
import type { Peer, PeerClose } from "./peer.ts";

type Close = readonly [code: number, reason: string];

/** What the interface of browsers lets a page send. */
const APPLICATION_CLOSES: readonly Close[] = [
  [1000, ""],
  [1000, "done"],
  [3000, "a framework's"],
  [4000, "à bientôt 👋"],
  [4999, "x".repeat(123)],
];

const OTHER_CLOSES: readonly Close[] = [
  [1001, "going away"],
  [1003, "unsupported"],
  [1008, "policy"],
  [1011, "internal error"],
  [1012, "service restart"],
  [1013, "try again later"],
];

export function closingContract(peer: Peer, open: OpenPair): void {
  test.each([...APPLICATION_CLOSES, ...OTHER_CLOSES])("our close with %i %j", async (code, reason) => {
    const { ours, theirs } = await open();
    await within("our close is answered", ours.close(code, reason));
    expect(await closeSeenBy(theirs)).toEqual({ code, reason });
    expect(ours.closeCode).toBe(code);
    await expect(ours.recv()).rejects.toMatchObject({ sent: { code, reason }, receivedThenSent: false });
  });

  const theirCloses = peer.abilities.includes("close with any code")
    ? [...APPLICATION_CLOSES, ...OTHER_CLOSES]
    : APPLICATION_CLOSES;
  test.each(theirCloses)("the peer's close with %i %j", async (code, reason) => {
    const { ours, theirs } = await open();
    await within("the peer closes", theirs.close(code, reason));
    expect(await closeSeenBy(theirs)).toMatchObject({ code });
    expect(await closeSeenByUs(ours)).toEqual({ code, reason });
    await expect(ours.recv()).rejects.toMatchObject({ received: { code, reason }, receivedThenSent: true });
  });

  if (peer.abilities.includes("close without a code")) {
    test("the peer's close without a code ends the iteration normally", async () => {
      const { ours, theirs } = await open();
      await theirs.send("last");
      await within("the peer closes", theirs.close());
      const messages: unknown[] = [];
      for await (const message of ours) messages.push(message);
      expect(messages).toEqual(["last"]);
      expect(await closeSeenByUs(ours)).toEqual({ code: 1005, reason: "" });
      expect(await closeSeenBy(theirs)).toEqual({ code: 1005, reason: "" });
    });
  }

  test("both close at once", async () => {
    const { ours, theirs } = await open();
    await within("both have closed", Promise.all([ours.close(4001, "ours"), theirs.close(4002, "theirs")]));
    expect([4001, 4002]).toContain((await closeSeenBy(theirs)).code);
    expect([4001, 4002]).toContain(ours.closeCode);
  });

  test("messages sent before our close arrive", async () => {
    const { ours, theirs } = await open();
    const messages = Array.from({ length: 10 }, (_, index) => `${index} `.repeat(1000));
    for (const message of messages) void ours.send(message);
    void ours.close();
    expect(await within("the peer receives", theirs.receiveEach(messages.length))).toEqual(messages);
    expect(await closeSeenBy(theirs)).toEqual({ code: 1000, reason: "" });
  });

  test("messages sent before the peer's close arrive", async () => {
    const { ours, theirs } = await open();
    const messages = Array.from({ length: 10 }, (_, index) => `${index} `.repeat(1000));
    await theirs.sendEach(messages);
    const closing = theirs.close(1000);
    for (const message of messages) expect(await within("we receive", ours.recv())).toBe(message);
    await expect(within("we see the close", ours.recv())).rejects.toMatchObject({ code: 1000 });
    await within("the peer closes", closing);
  });

  test("a message beyond our maxSize closes with 1009", async () => {
    const { ours, theirs } = await open({ connection: { maxSize: 1000 } });
    await theirs.send("x".repeat(1001));
    expect(await closeSeenBy(theirs)).toMatchObject({ code: 1009, reason: expect.stringContaining("1000") });
    await within("we are closed", ours.waitClosed());
  });

  test("our terminate is 1006 to the peer", async () => {
    const { ours, theirs } = await open();
    ours.terminate();
    expect(await closeSeenBy(theirs)).toEqual({ code: 1006, reason: "" });
  });

  if (peer.abilities.includes("terminate")) {
    test("a connection that the peer drops is 1006 to us", async () => {
      const { ours, theirs } = await open();
      await theirs.terminate();
      expect(await closeSeenByUs(ours)).toEqual({ code: 1006, reason: "" });
    });
  }
}

function closeSeenBy(theirs: Pair["theirs"]): Promise<PeerClose> {
  return within("the peer sees the close", theirs.closed());
}

async function closeSeenByUs(ours: Pair["ours"]): Promise<{ code: number | undefined; reason: string | undefined }> {
  await within("we see the close", ours.waitClosed());
  return { code: ours.closeCode, reason: ours.closeReason };
}
