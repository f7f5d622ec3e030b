/**
 * Whole WebSocket frames as bytes (RFC 6455, section 5.2), made once before a run.
 *
 * Written apart from the library on purpose: the benchmark's generator shares no code with what it measures.
 */
import { constants, deflateRawSync } from "node:zlib";
import type { WindowSetting } from "../workloads/compression.ts";
import type { PayloadKind } from "../workloads/workload.ts";

export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

const FIN = 0x80;
const RSV1 = 0x40;
const MASK = 0x80;

export interface FrameOptions {
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Sets RSV1, the per-message compressed bit: `payload` is DEFLATE data. */
  readonly compressed?: boolean;
  /** A client's masking key; none makes a server's frame. */
  readonly maskingKey?: number;
}

/** A final, unfragmented frame. */
export function buildFrame({ opcode, payload, compressed = false, maskingKey }: FrameOptions): Buffer {
  const header = buildHeader(FIN | (compressed ? RSV1 : 0) | opcode, payload.length, maskingKey !== undefined);
  if (maskingKey === undefined) return Buffer.concat([header, payload]);
  const key = Buffer.alloc(4);
  key.writeUInt32BE(maskingKey >>> 0);
  return Buffer.concat([header, key, payload.map((byte, index) => byte ^ key[index & 3]!)]);
}

/** A client's frame for each payload, compressed by itself if asked for, with a masking key of its own. */
export function buildClientFrames(payloads: readonly Uint8Array[], kind: PayloadKind, compression: boolean): Buffer[] {
  return frameClientPayloads(compression ? payloads.map(compressAlone) : payloads, kind, compression);
}

/** A client's frame for each payload as it is, with a masking key of its own. */
export function frameClientPayloads(payloads: readonly Uint8Array[], kind: PayloadKind, compressed: boolean): Buffer[] {
  return payloads.map((payload, index) =>
    buildFrame({
      opcode: opcodeOf(kind),
      payload,
      compressed,
      maskingKey: Math.imul(index + 1, 0x9e3779b1) >>> 0,
    }),
  );
}

/** The opcode that messages of this kind travel under. */
export function opcodeOf(kind: PayloadKind): number {
  return kind === "binary" ? BINARY : TEXT;
}

/**
 * DEFLATE data that refers to no earlier message, and so may be sent at any point of a stream, under any agreed parameters
 * (RFC 7692, section 7.2.1).
 */
export function compressAlone(payload: Uint8Array): Buffer {
  const data = deflateRawSync(payload, { windowBits: 9, finishFlush: constants.Z_SYNC_FLUSH });
  return data.subarray(0, -4);
}

/**
 * DEFLATE data for each payload, of which each may refer to those before it: what a peer sends that keeps its context.
 *
 * @param before what was sent before them.
 */
export function compressInTurn(
  payloads: readonly Uint8Array[],
  setting: WindowSetting,
  before: readonly Uint8Array[] = [],
): Buffer[] {
  const windowSize = 1 << setting.windowBits;
  let window = Buffer.concat(before).subarray(-windowSize);
  return payloads.map((payload) => {
    const dictionary = window.length === 0 ? {} : { dictionary: window };
    const data = deflateRawSync(payload, { ...setting, ...dictionary, finishFlush: constants.Z_SYNC_FLUSH });
    window = Buffer.concat([window, payload]).subarray(-windowSize);
    return data.subarray(0, -4);
  });
}

function buildHeader(first: number, length: number, isMasked: boolean): Buffer {
  const mask = isMasked ? MASK : 0;
  if (length < 126) return Buffer.from([first, mask | length]);
  if (length < 0x10000) return Buffer.from([first, mask | 126, length >> 8, length & 0xff]);
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = mask | 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
