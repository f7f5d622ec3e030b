/**
 * Waiting for a stream during an opening handshake, so that nothing is left behind however the wait ends.
 */

import type { Duplex } from "node:stream";
import { ignore } from "./ignore.ts";

type Listeners = Readonly<Record<string, (value: never) => void>>;

/**
 * Waits until the listeners that `listen` returns, by the names of events, say that they are done. They are all removed then.
 *
 * An error, the end of the stream or the signal ends the wait, unless a listener takes the event itself: the stream is
 * destroyed, and the promise rejects with the error or the signal's reason.
 */
export function awaitStream<Result>(
  stream: Duplex,
  signal: AbortSignal,
  listen: (done: (result: Result) => void, fail: (reason: unknown) => void) => Listeners,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const listeners: Listeners = { error: fail, close: closed, ...listen(done, fail) };
    for (const [event, listener] of Object.entries(listeners)) stream.on(event, listener as () => void);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    else if (stream.destroyed) fail(stream.errored ?? unexpectedEnd());

    function done(result: Result): void {
      release();
      resolve(result);
    }
    function fail(reason: unknown): void {
      release();
      stream.destroy();
      reject(reason);
    }
    function closed(): void {
      fail(unexpectedEnd());
    }
    function abort(): void {
      fail(signal.reason);
    }
    function release(): void {
      signal.removeEventListener("abort", abort);
      for (const [event, listener] of Object.entries(listeners)) stream.off(event, listener as () => void);
    }
  });
}

/** Settles as `promise` does, or rejects with the signal's reason before. */
export function unlessAborted<Result>(signal: AbortSignal, promise: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Between two waits nobody listens, and an error that nobody listens to would end the process. The next wait sees it. */
export function keepErrors<Stream extends Duplex>(stream: Stream): Stream {
  return stream.on("error", ignore);
}

function unexpectedEnd(): Error {
  return new Error("the connection was closed");
}
