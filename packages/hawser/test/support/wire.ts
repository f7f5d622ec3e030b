/**
 * The wire as tests write it: frames from their parts, and back.
 *
 * Builds and reads frames by means of its own, so that the library and its tests can't be wrong in the same way.
 */

import type { Role } from "../../src/protocol/settings.ts";

const OPCODES = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

export type OpcodeName = keyof typeof OPCODES;

/** Bytes as the peer of `side` sends them: masked for a server, unmasked for a client. */
export type Wire = (side: Role) => Uint8Array<ArrayBuffer>;

export interface FrameParts {
  /** A number for one that is reserved. */
  readonly opcode: OpcodeName | number;
  /** Text stands for its UTF-8. */
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  /** The reserved bits in their places: 0x40, 0x20, 0x10. */
  readonly rsv?: number;
  /** `null`: unmasked. By default what the side expects. */
  readonly key?: number | null;
  /** The bytes that the length takes beyond the first seven bits; by default the fewest. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** The length that the header announces, if it is not the payload's. */
  readonly announced?: bigint;
}

/** A key whose octets are all different and not zero. */
export const MASKING_KEY = 0x37fa213d;

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** `count` bytes in which no short pattern repeats. */
export function bytes(count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, index) => (index * 167 + (index >> 8)) & 0xff);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A frame. */
export function frame(parts: FrameParts): Wire {
  return (side) => {
    const payload = bytesOf(parts.payload ?? "");
    const key = parts.key === undefined ? (side === "server" ? MASKING_KEY : null) : parts.key;
    return concat(header(parts, payload.length, key !== null), ...maskedPayload(payload, key));
  };
}

/** A Close frame; without a code, an empty one. */
export function closeFrame(code?: number, reason: Uint8Array | string = ""): Wire {
  return frame({ opcode: "close", payload: closePayload(code, reason) });
}

/** Bytes that are no whole frame, the same for both sides. */
export function raw(...octets: readonly number[]): Wire {
  return () => Uint8Array.from(octets);
}

/** Several frames, one after the other. */
export function sequence(...wires: readonly Wire[]): Wire {
  return (side) => concat(...wires.map((wire) => wire(side)));
}

export function bytesOf(payload: Uint8Array | string): Uint8Array {
  return typeof payload === "string" ? utf8(payload) : payload;
}

export function closePayload(code: number | undefined, reason: Uint8Array | string): Uint8Array {
  return code === undefined ? new Uint8Array(0) : concat(Uint8Array.of(code >> 8, code & 0xff), bytesOf(reason));
}

function header(parts: FrameParts, payloadLength: number, isMasked: boolean): Uint8Array {
  const { opcode, fin = true, rsv = 0, announced = BigInt(payloadLength) } = parts;
  const lengthBytes = parts.lengthBytes ?? (announced < 126n ? 0 : announced < 65_536n ? 2 : 8);
  const shortLength = lengthBytes === 0 ? Number(announced) : lengthBytes === 2 ? 126 : 127;
  const first = (fin ? 0x80 : 0) | rsv | (typeof opcode === "number" ? opcode : OPCODES[opcode]);
  return concat(Uint8Array.of(first, (isMasked ? 0x80 : 0) | shortLength), bigEndian(announced, lengthBytes));
}

function bigEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn));
}

/** RFC 6455, section 5.3, word for word. */
export function maskNaively(payload: Uint8Array, key: number): Uint8Array<ArrayBuffer> {
  const octets = bigEndian(BigInt(key >>> 0), 4);
  return Uint8Array.from(payload, (octet, index) => octet ^ octets[index % 4]!);
}

function maskedPayload(payload: Uint8Array, key: number | null): readonly Uint8Array[] {
  return key === null ? [payload] : [bigEndian(BigInt(key >>> 0), 4), maskNaively(payload, key)];
}

/** A frame that was read. */
export interface ReadFrame {
  readonly opcode: OpcodeName;
  readonly fin: boolean;
  readonly rsv: number;
  readonly payload: Uint8Array;
}

/** Reads what an endpoint of `role` sent: whole frames, with the shortest lengths, masked if and only if it is a client. */
export function readFrames(sent: Uint8Array, role: Role): readonly ReadFrame[] {
  const frames: ReadFrame[] = [];
  const view = new DataView(sent.buffer, sent.byteOffset, sent.byteLength);
  for (let at = 0; at < sent.length; ) {
    const start = at;
    const first = view.getUint8(at++);
    const second = view.getUint8(at++);
    let length = second & 0x7f;
    if (length === 126) length = view.getUint16(at);
    else if (length === 127) length = Number(view.getBigUint64(at));
    at += (second & 0x7f) === 126 ? 2 : (second & 0x7f) === 127 ? 8 : 0;
    const key = (second & 0x80) === 0 ? null : view.getUint32(at);
    if ((key !== null) !== (role === "client")) throw new Error(`a ${role} must ${key === null ? "" : "not "}mask`);
    if (key !== null) at += 4;
    const payload = sent.slice(at, at + length);
    if (payload.length < length) throw new Error(`a frame of ${length} bytes is cut off after ${payload.length}`);
    at += length;
    const frame = {
      opcode: nameOf(first & 0x0f),
      fin: first >= 0x80,
      rsv: first & 0x70,
      payload: maskNaively(payload, key ?? 0),
    };
    const rebuilt = header({ opcode: frame.opcode }, length, key !== null);
    if (rebuilt.length !== at - start - length - (key === null ? 0 : 4)) throw new Error("a length is not minimal");
    frames.push(frame);
  }
  return frames;
}

function nameOf(opcode: number): OpcodeName {
  const found = Object.entries(OPCODES).find(([, value]) => value === opcode);
  if (found === undefined) throw new Error(`opcode ${opcode} is reserved`);
  return found[0] as OpcodeName;
}
