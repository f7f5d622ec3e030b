import { describe, expect, test } from "vitest";
import type { Message } from "../protocol/message-assembler.ts";
import { connectedPair } from "../testing/connected-pair.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";
import { SESSION } from "./connection.ts";
import type { Data } from "./data.ts";
import { ConnectionClosedError, ConnectionClosedOK } from "./errors.ts";

/** Whether a promise has settled, now that all promise jobs have run. */
async function isSettled(promise: Promise<unknown>, clock: { advance(ms: number): Promise<void> }): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  await clock.advance(0);
  return settled;
}

function stuck(connection = {}) {
  const scripted = scriptedPeer("client", { connection, link: { capacity: 0, chop: 1_000 } });
  scripted.peer.stopReading();
  return scripted;
}

const kilobytes = (count: number) => new Uint8Array(count * 1_024);

describe("back-pressure", () => {
  test("send resolves at once up to writeLimit, waits above, and goes on when the buffer has drained", async () => {
    const { connection, peer, clock } = stuck();
    expect(await isSettled(connection.send(kilobytes(16)), clock)).toBe(true);
    expect(await isSettled(connection.send(kilobytes(15)), clock)).toBe(true);
    const waiting = connection.send(kilobytes(2));
    expect(await isSettled(waiting, clock)).toBe(false);
    expect(connection.bufferedAmount).toBeGreaterThan(33 * 1_024);
    peer.readOn();
    await waiting;
    expect(connection.bufferedAmount).toBe(0);
  });

  test("all who wait go on, in order", async () => {
    const { connection, peer, clock } = stuck({ writeLimit: 1_000 });
    const resolved: number[] = [];
    for (const number of [1, 2, 3]) void connection.send(kilobytes(1)).then(() => resolved.push(number));
    await clock.advance(0);
    expect(resolved).toEqual([]);
    peer.readOn();
    await clock.advance(0);
    expect(resolved).toEqual([1, 2, 3]);
  });

  test("sendNow never waits, and says whether there is room", async () => {
    const { connection, clock } = stuck();
    expect(connection.sendNow(kilobytes(16))).toBe(true);
    expect(connection.sendNow(kilobytes(16))).toBe(false);
    expect(connection.sendNow("still sent")).toBe(false);
    await clock.advance(0);
    expect(connection.bufferedAmount).toBeGreaterThan(32 * 1_024);
  });

  test("who waits while the connection is lost gets the error", async () => {
    const { connection, peer, clock } = stuck();
    const waiting = connection.send(kilobytes(100));
    expect(await isSettled(waiting, clock)).toBe(false);
    peer.reset();
    await expect(waiting).rejects.toThrow(ConnectionClosedError);
  });

  test("a large payload may be changed once send has resolved", async () => {
    const { connection, peer } = scriptedPeer("client", { connection: { writeLimit: 1_000_000 }, link: { delay: 5 } });
    const payload = kilobytes(100);
    await connection.send(payload);
    payload.fill(1);
    const fragment = kilobytes(100);
    await connection.send(
      (function* () {
        yield fragment;
        fragment.fill(2);
      })(),
    );
    fragment.fill(3);
    await expect(peer.expectBinary()).rejects.toThrow;
  });
});
