import { getEventListeners } from "node:events";
import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { awaitStream, keepErrors, unlessAborted } from "./stream-events.ts";

function quiet(): Duplex {
  return keepErrors(new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() }));
}

function awaitData(stream: Duplex, signal: AbortSignal): Promise<string> {
  return awaitStream(stream, signal, (done) => ({ data: (bytes: Buffer) => done(String(bytes)) }));
}

function listenersOf(stream: Duplex): Record<string, number> {
  return Object.fromEntries(["data", "error", "close"].map((event) => [event, stream.listenerCount(event)]));
}

describe("awaitStream", () => {
  const boom = new Error("boom");
  const never = new AbortController().signal;

  test("resolves with what a listener is done with, and leaves the stream as it was", async () => {
    const stream = quiet();
    const before = listenersOf(stream);
    const waiting = awaitData(stream, never);
    stream.push("hello");
    expect(await waiting).toBe("hello");
    expect(stream.destroyed).toBe(false);
    expect(listenersOf(stream)).toEqual(before);
    expect(getEventListeners(never, "abort")).toEqual([]);
  });

  test.each([
    ["an error", (stream: Duplex) => stream.destroy(boom), boom],
    ["its end", (stream: Duplex) => stream.destroy(), new Error("the connection was closed")],
  ])("rejects with %s", async (_name, end, reason) => {
    const stream = quiet();
    const before = listenersOf(stream);
    const waiting = awaitData(stream, never);
    end(stream);
    await expect(waiting).rejects.toThrow(reason);
    expect(listenersOf(stream)).toEqual(before);
  });

  test.each([
    ["an error", (stream: Duplex) => stream.destroy(boom), boom],
    ["its end", (stream: Duplex) => stream.destroy(), new Error("the connection was closed")],
  ])("rejects with %s that came before", async (_name, end, reason) => {
    const stream = quiet();
    end(stream);
    await new Promise((resolve) => stream.once("close", resolve));
    await expect(awaitData(stream, never)).rejects.toThrow(reason);
  });

  test.each(["before", "meanwhile"])("rejects with the reason of a signal aborted %s", async (when) => {
    const stream = quiet();
    const controller = new AbortController();
    if (when === "before") controller.abort(boom);
    const waiting = awaitData(stream, controller.signal);
    controller.abort(boom);
    await expect(waiting).rejects.toBe(boom);
    expect(stream.destroyed).toBe(true);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});

describe("unlessAborted", () => {
  test("settles as the promise does", async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(signal, Promise.resolve(1))).toBe(1);
    await expect(unlessAborted(signal, Promise.reject(new Error("boom")))).rejects.toThrow("boom");
    await Promise.resolve();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test.each(["before", "meanwhile"])("rejects with the reason of a signal aborted %s", async (when) => {
    const controller = new AbortController();
    if (when === "before") controller.abort("no");
    const waiting = unlessAborted(controller.signal, new Promise(() => {}));
    controller.abort("no");
    await expect(waiting).rejects.toBe("no");
  });
});

test("an error that comes while nobody waits does no harm, and is not lost", async () => {
  const stream = quiet();
  stream.destroy(new Error("boom"));
  await new Promise((resolve) => stream.once("close", resolve));
  await expect(awaitData(stream, new AbortController().signal)).rejects.toThrow("boom");
});
