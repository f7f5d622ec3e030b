/**
 * One setting on one connection, message after message: how small, and how long.
 *
 * One connection at a time flatters engines with large contexts, which stay in the processor's cache; see `round-robin.ts`.
 */

import type { PerMessageDeflateOptions } from "hawser";
import { cpuMicroseconds } from "./cpu.ts";
import { agreeOn, decode, encode } from "./extension-pair.ts";

export interface PassResult {
  /** Payload bytes on the wire, of the whole corpus. */
  readonly bytes: number;
  /** CPU time to compress a message, on average over the corpus (µs); of the quickest time that the corpus was sent. */
  readonly deflate: number;
  /** CPU time to decompress a message, on average (µs); messages that were sent as they are count with 0. */
  readonly inflate: number;
}

/**
 * Sends the corpus through a new connection, again and again for at least `leastTime` after a first time that does not count.
 *
 * @param leastTime CPU time in µs: clocks are coarse on some systems
 */
export function measurePass(
  compression: PerMessageDeflateOptions,
  messages: readonly Uint8Array[],
  leastTime: number,
): PassResult {
  // Garbage is not collected first: V8 would throw away code with it, and the pass would mostly pay for that
  const { bytes, time } = repeated(leastTime, () => deflateOnce(compression, messages));
  const payloads = encodedByClient(compression, messages);
  const inflated = repeated(leastTime / 2, () => inflateOnce(compression, messages, payloads));
  return { bytes, deflate: time / messages.length, inflate: inflated.time / messages.length };
}

interface Timed {
  readonly bytes: number;
  /** µs. */
  readonly time: number;
}

function repeated(leastTime: number, once: () => Timed): Timed {
  // The first one pays for code that is compiled
  once();
  let [passes, time, least, bytes] = [0, 0, Number.POSITIVE_INFINITY, 0];
  do {
    const pass = once();
    bytes = pass.bytes;
    time += pass.time;
    least = Math.min(least, pass.time);
    passes += 1;
    // A clock that stands still must not keep us here
  } while (time < leastTime && passes < 1_000);
  // Whatever else this process does, such as compiling on threads of its own, only adds to it
  return { bytes, time: least };
}

function deflateOnce(compression: PerMessageDeflateOptions, messages: readonly Uint8Array[]): Timed {
  const { server } = agreeOn(compression);
  let bytes = 0;
  const start = cpuMicroseconds();
  for (const message of messages) bytes += encode(server, message)?.length ?? message.length;
  const time = cpuMicroseconds() - start;
  server.release?.();
  return { bytes, time };
}

function inflateOnce(
  compression: PerMessageDeflateOptions,
  messages: readonly Uint8Array[],
  payloads: readonly (Uint8Array | undefined)[],
): Timed {
  const { server } = agreeOn(compression);
  const start = cpuMicroseconds();
  payloads.forEach((payload, index) => {
    if (payload !== undefined) decode(server, payload, messages[index]!.length);
  });
  const time = cpuMicroseconds() - start;
  server.release?.();
  return { bytes: 0, time };
}

function encodedByClient(
  compression: PerMessageDeflateOptions,
  messages: readonly Uint8Array[],
): (Uint8Array | undefined)[] {
  const { client } = agreeOn(compression);
  return messages.map((message) => encode(client, message)?.slice());
}
