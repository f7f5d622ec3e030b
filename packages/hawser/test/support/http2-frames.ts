/** Frames of HTTP/2 byte by byte (RFC 9113), for peers that no HTTP/2 library would be. */

import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export const FrameType = {
  DATA: 0,
  HEADERS: 1,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  CONTINUATION: 9,
} as const;

export const Flag = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8 } as const;

export function http2Frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** What a client begins with: the preface, and settings that leave everything as it is. */
export const HTTP2_START: Buffer = Buffer.concat([PREFACE, http2Frame(FrameType.SETTINGS, 0, 0)]);

/** RFC 7541, section 6.2.2: literals without indexing, names and values shorter than 127 bytes. */
export function headerBlock(fields: Readonly<Record<string, string>>): Buffer {
  const literal = (text: string) => Buffer.concat([Buffer.of(text.length), Buffer.from(text, "latin1")]);
  const lines = Object.entries(fields).map(([name, value]) => [Buffer.of(0), literal(name), literal(value)]);
  return Buffer.concat(lines.flat());
}

/** Of a handshake by extended CONNECT. */
export const CONNECT_FIELDS: Readonly<Record<string, string>> = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "http",
  ":path": "/",
  ":authority": "localhost",
  "sec-websocket-version": "13",
};

export function connectFrame(stream: number, fields = CONNECT_FIELDS, flags: number = Flag.END_HEADERS): Buffer {
  return http2Frame(FrameType.HEADERS, flags, stream, headerBlock(fields));
}

/** A session without a library; everything that comes is kept. */
export class RawSession {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket
      .on("error", () => {})
      .on("data", (bytes) => {
        this.#received = Buffer.concat([this.#received, bytes]);
      });
    onTestFinished(() => void this.socket.destroy());
    this.socket.write(HTTP2_START);
  }

  /** The type, stream and payload of each whole frame. */
  frames(): { readonly type: number; readonly stream: number; readonly payload: Buffer }[] {
    const frames = [];
    for (let at = 0; at + 9 <= this.#received.length; ) {
      const end = at + 9 + this.#received.readUIntBE(at, 3);
      if (end > this.#received.length) break;
      const [type, stream] = [this.#received[at + 3]!, this.#received.readUInt32BE(at + 5)];
      frames.push({ type, stream, payload: this.#received.subarray(at + 9, end) });
      at = end;
    }
    return frames;
  }

  types(stream: number): readonly number[] {
    return this.#of(stream).map(({ type }) => type);
  }

  /** What DATA frames brought, one after the other. */
  data(stream: number): Buffer {
    const frames = this.#of(stream).filter(({ type }) => type === FrameType.DATA);
    return Buffer.concat(frames.map(({ payload }) => payload));
  }

  #of(stream: number) {
    return this.frames().filter((frame) => frame.stream === stream);
  }
}
