/**
 * One end of a connection without I/O that writes down, in order, what it is told and what it sends.
 */

import { GatheredOutput } from "../../src/bytes/frame-output.ts";
import { webTextCodec } from "../../src/bytes/text-codec.ts";
import { READ_BUFFER } from "../../src/bytes/vector-memory.ts";
import type { CloseInfo } from "../../src/protocol/closing.ts";
import type { Extension } from "../../src/protocol/extension.ts";
import type { Message } from "../../src/protocol/message-assembler.ts";
import { Protocol } from "../../src/protocol/protocol.ts";
import type { ProtocolSink } from "../../src/protocol/protocol-sink.ts";
import type { ProtocolSettings, Role } from "../../src/protocol/settings.ts";
import { concat, type ReadFrame, readFrames } from "./wire.ts";

export type WireEvent =
  | { readonly type: "message"; readonly content: Message }
  | { readonly type: "piece"; readonly content: Message | undefined; readonly isLast: boolean }
  | { readonly type: "ping"; readonly payload: Uint8Array }
  | { readonly type: "pong"; readonly payload: Uint8Array; readonly latency: number | undefined }
  | { readonly type: "sent"; readonly frame: ReadFrame }
  | { readonly type: "closing" | "end" | "abort" }
  | { readonly type: "closed"; readonly info: CloseInfo };

export interface EndpointOptions {
  readonly settings?: Partial<ProtocolSettings>;
  readonly extensions?: readonly Extension[];
  /** When the connection opens; 0 by default. */
  readonly now?: number;
}

/** No keepalive, limits as an endpoint has them by default, a close timeout of ten seconds. */
export function settingsFor(role: Role, settings: Partial<ProtocolSettings> = {}): ProtocolSettings {
  return {
    role,
    maxSize: 1_048_576,
    maxFragmentSize: 1_048_576,
    maxFragments: 131_072,
    pingInterval: Number.POSITIVE_INFINITY,
    pingTimeout: Number.POSITIVE_INFINITY,
    closeTimeout: 10_000,
    text: webTextCodec,
    maskingKeys: role === "client" ? countingKeys() : undefined,
    ...settings,
  };
}

/** Different keys, the same in every run. */
function countingKeys(): () => number {
  let key = 0x0a1b2c3d;
  return () => {
    key = Math.imul(key, 0x9e3779b1);
    return key;
  };
}

export class Endpoint implements ProtocolSink {
  readonly role: Role;
  readonly protocol: Protocol;
  readonly output: GatheredOutput = new GatheredOutput();
  #events: WireEvent[] = [];
  #sent: Uint8Array[] = [];

  constructor(role: Role, { settings, extensions = [], now = 0 }: EndpointOptions = {}) {
    this.role = role;
    this.protocol = new Protocol(settingsFor(role, settings), this, this.output, extensions, now);
  }

  /** Hands in a copy, since payloads are unmasked in place, and ruins it afterwards, as a driver does that reuses its memory. */
  receive(received: Uint8Array, now = 0): number {
    // As far from a word's boundary as it was
    const memory = new Uint8Array((received.byteOffset % 4) + received.length);
    const copy = memory.subarray(memory.length - received.length);
    copy.set(received);
    const taken = this.protocol.receive(copy, now);
    copy.fill(0xee);
    return taken;
  }

  /**
   * Reads as a transport does that has one buffer for all its connections: `portion` bytes at most at a time, behind which
   * something else stands.
   */
  read(received: Uint8Array, portion: number, now = 0): void {
    for (let at = 0; at < received.length; ) {
      const length = Math.min(portion, READ_BUFFER.length, received.length - at);
      READ_BUFFER.set(received.subarray(at, at + length));
      const taken = this.protocol.receive(READ_BUFFER, now, length);
      if (taken !== length) throw new Error(`expected ${length} bytes to be taken, got ${taken}`);
      READ_BUFFER.fill(0xee, 0, length + 16);
      at += length;
    }
  }

  /** What happened since the last call. */
  takeEvents(): readonly WireEvent[] {
    this.#noteSent();
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The bytes for the peer since the last call. */
  takeSent(): Uint8Array<ArrayBuffer> {
    this.#noteSent();
    const sent = concat(...this.#sent);
    this.#sent = [];
    return sent;
  }

  message(content: Message): void {
    this.#note({ type: "message", content });
  }

  piece(content: Message | undefined, isLast: boolean): void {
    this.#note({ type: "piece", content, isLast });
  }

  ping(payload: Uint8Array): void {
    this.#note({ type: "ping", payload: Uint8Array.from(payload) });
  }

  pong(payload: Uint8Array, latency: number | undefined): void {
    this.#note({ type: "pong", payload: Uint8Array.from(payload), latency });
  }

  closing(): void {
    this.#note({ type: "closing" });
  }

  end(): void {
    this.#note({ type: "end" });
  }

  abort(): void {
    this.#note({ type: "abort" });
  }

  closed(info: CloseInfo): void {
    this.#note({ type: "closed", info });
  }

  #note(event: WireEvent): void {
    this.#noteSent();
    this.#events.push(event);
  }

  #noteSent(): void {
    const sent = this.output.take();
    if (sent.length > 0) this.#sent.push(sent);
    for (const frame of readFrames(sent, this.role)) this.#events.push({ type: "sent", frame });
  }
}
