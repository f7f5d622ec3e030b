/**
 * Frames as bytes (RFC 6455, section 5.2): a writer that can break every rule, and a reader that hides nothing.
 *
 * Written for the suite alone. It judges nothing; what a frame may look like is decided in `session.ts`.
 */

/** The side that sends a frame. */
export type Side = "client" | "server";

export const Opcode = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;

/** The reserved bits as they stand in a frame's first byte, shifted to the right by four. */
export const Rsv = { RSV1: 4, RSV2: 2, RSV3: 1 } as const;

/** A frame to write. What is left out is what a correct sender would write. */
export interface FrameSpec {
  readonly opcode: number;
  readonly payload?: Uint8Array;
  /** @default true */
  readonly fin?: boolean;
  /** @default 0 */
  readonly rsv?: number;
  /** @default what the sending side has to do: clients mask, servers do not */
  readonly masked?: boolean;
  /** @default `DEFAULT_MASKING_KEY` */
  readonly maskingKey?: Uint8Array;
  /** How many bytes hold the extended length, so that a length need not be minimal. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** The length to announce instead of the payload's own. Up to 2^64 - 1. */
  readonly announced?: bigint;
}

/** Bytes for the wire: a frame, or anything else. */
export type Wire = FrameSpec | Uint8Array;

/** A frame that was read. */
export interface Frame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  /** `undefined` for an unmasked frame. */
  readonly maskingKey: Uint8Array | undefined;
  /** Whether the length was encoded in the fewest bytes. */
  readonly isMinimal: boolean;
  readonly payload: Buffer;
}

/** The key of RFC 6455's examples, section 5.7. */
export const DEFAULT_MASKING_KEY: Uint8Array = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

const NOTHING = new Uint8Array(0);

function minimalLengthBytes(length: bigint): 0 | 2 | 8 {
  if (length < 126n) return 0;
  return length < 65_536n ? 2 : 8;
}

function encodeLength(length: bigint, lengthBytes: 0 | 2 | 8, maskBit: number): Buffer {
  if (lengthBytes === 0) return Buffer.of(maskBit | Number(length));
  const bytes = Buffer.alloc(1 + lengthBytes);
  if (lengthBytes === 2) {
    bytes[0] = maskBit | 126;
    bytes.writeUInt16BE(Number(length), 1);
  } else {
    bytes[0] = maskBit | 127;
    bytes.writeBigUInt64BE(length, 1);
  }
  return bytes;
}

/** Exclusive-or with the repeated key: masks and unmasks (RFC 6455, section 5.3). */
export function applyMask(payload: Uint8Array, key: Uint8Array): Buffer {
  const result = Buffer.from(payload);
  for (let index = 0; index < result.length; index++) result[index]! ^= key[index & 3]!;
  return result;
}

export function encodeFrame(frame: FrameSpec, side: Side): Buffer {
  const payload = frame.payload ?? NOTHING;
  const isMasked = frame.masked ?? side === "client";
  const length = frame.announced ?? BigInt(payload.length);
  const first = ((frame.fin ?? true) ? 0x80 : 0) | ((frame.rsv ?? 0) << 4) | frame.opcode;
  const header = encodeLength(length, frame.lengthBytes ?? minimalLengthBytes(length), isMasked ? 0x80 : 0);
  if (!isMasked) return Buffer.concat([Buffer.of(first), header, payload]);
  const key = frame.maskingKey ?? DEFAULT_MASKING_KEY;
  return Buffer.concat([Buffer.of(first), header, key, applyMask(payload, key)]);
}

export function encodeWire(wire: readonly Wire[], side: Side): Buffer {
  return Buffer.concat(wire.map((item) => (item instanceof Uint8Array ? item : encodeFrame(item, side))));
}

/** The length and the bytes that held it; `undefined` while some are missing. */
function readLength(bytes: Buffer): { length: number; lengthBytes: 0 | 2 | 8 } | undefined {
  const short = bytes[1]! & 0x7f;
  if (short < 126) return { length: short, lengthBytes: 0 };
  const lengthBytes = short === 126 ? 2 : 8;
  if (bytes.length < 2 + lengthBytes) return undefined;
  const length = lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { length, lengthBytes };
}

/** Reads the first frame of `bytes` and how many bytes it took; `undefined` while it is incomplete. */
export function readFrame(bytes: Buffer): { readonly frame: Frame; readonly size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const head = readLength(bytes);
  if (head === undefined) return undefined;
  const isMasked = (bytes[1]! & 0x80) !== 0;
  const keyStart = 2 + head.lengthBytes;
  const start = keyStart + (isMasked ? 4 : 0);
  const size = start + head.length;
  if (bytes.length < size) return undefined;
  const maskingKey = isMasked ? bytes.subarray(keyStart, start) : undefined;
  const payload = bytes.subarray(start, size);
  const frame: Frame = {
    opcode: bytes[0]! & 0x0f,
    fin: (bytes[0]! & 0x80) !== 0,
    rsv: (bytes[0]! >> 4) & 7,
    maskingKey,
    isMinimal: head.lengthBytes === minimalLengthBytes(BigInt(head.length)),
    payload: maskingKey === undefined ? payload : applyMask(payload, maskingKey),
  };
  return { frame, size };
}

/** The payload of a Close frame. */
export function closePayload(code: number, reason: Uint8Array | string = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, typeof reason === "string" ? Buffer.from(reason) : reason]);
}
