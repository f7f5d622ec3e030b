/**
 * Who is compared: each can deflate and inflate for many connections whose windows are full.
 */

import { createDeflater, createInflater, type Deflater, type Inflater, zlibEngine } from "hawser/deflate";
import { type LiveStream, liveDeflater, liveInflater } from "./live-zlib.ts";

const MAX_SIZE = 1_048_576;

/** What a contestant does for one connection; `payload` has its tail. */
export interface Connection {
  process(payload: Uint8Array): Uint8Array;
  end(): void;
}

export interface Contestant {
  readonly name: string;
  deflating(window: Uint8Array): Connection;
  inflating(window: Uint8Array): Connection;
}

export function contestants(windowBits: number, level: number): readonly Contestant[] {
  const options = { windowBits, level, memLevel: 8 };
  return [
    {
      name: "hawser",
      deflating: (window) => deflaterConnection(createDeflater(options), window),
      inflating: (window) => inflaterConnection(createInflater({ windowBits }), window),
    },
    {
      name: "live zlib",
      deflating: (window) => liveConnection(liveDeflater(windowBits, window)),
      inflating: (window) => liveConnection(liveInflater(windowBits, window)),
    },
    {
      name: "one-shot zlib",
      deflating: (window) => deflaterConnection(zlibEngine.createDeflater({ ...options, level: 6 }), window),
      inflating: (window) => inflaterConnection(zlibEngine.createInflater({ windowBits }), window),
    },
  ];
}

function deflaterConnection(deflater: Deflater, window: Uint8Array): Connection {
  deflater.append(window);
  return {
    process(message) {
      const payload = deflater.deflate(message);
      deflater.append(message);
      return payload;
    },
    end: () => deflater.reset(),
  };
}

function inflaterConnection(inflater: Inflater, window: Uint8Array): Connection {
  const inflate = (payload: Uint8Array): Uint8Array => {
    const message = inflater.inflate(payload, MAX_SIZE);
    if (typeof message === "string") throw new Error(`A message does not inflate: ${message}`);
    return message;
  };
  for (let at = 0; at < window.length; at += 0x4000) inflate(stored(window.subarray(at, at + 0x4000)));
  return { process: inflate, end: () => inflater.reset() };
}

/** A stored block (RFC 1951, section 3.2.4), and the empty one that ends a message. */
function stored(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const header = [0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff];
  return Buffer.concat([Uint8Array.from(header), bytes, Uint8Array.of(0, 0, 0, 0xff, 0xff)]);
}

function liveConnection(stream: LiveStream): Connection {
  return { process: (payload) => stream.process(payload), end: () => stream.close() };
}
