/**
 * Connections that are sent messages of their own, whole and in fragments, and messages to several audiences, in any order.
 * What each was sent is kept, and in the end inflated by one zlib stream for each connection.
 */

import { constants, inflateRawSync } from "node:zlib";
import type { DeflateEngine } from "../src/deflate/engine.ts";
import { PerMessageDeflate } from "../src/extensions/permessage-deflate/permessage-deflate.ts";
import type { CompressionDirection, CompressionEffort } from "../src/extensions/permessage-deflate/settings.ts";
import type { LaterEncoding, SharedEncoding, SharedHistory } from "../src/protocol/extension.ts";

export interface MemberSettings extends Partial<CompressionEffort>, CompressionDirection {
  readonly threshold: number;
  /** The other direction. @default as this one */
  readonly receiving?: CompressionDirection;
}

export type Step =
  | { readonly kind: "own"; readonly member: number; readonly message: Uint8Array; readonly compress?: boolean }
  /** Has a message encoded elsewhere: what follows waits until it is sent. */
  | { readonly kind: "large"; readonly member: number; readonly message: Uint8Array }
  /** Begins a message in fragments: what follows waits until it ends. */
  | { readonly kind: "begin"; readonly member: number; readonly message: Uint8Array }
  | { readonly kind: "finish"; readonly member: number; readonly message: Uint8Array }
  | {
      readonly kind: "broadcast";
      readonly audience: number;
      readonly message: Uint8Array;
      readonly compress?: boolean;
      /** A bit for each member that misses it. */
      readonly missing: number;
      /** After so many receivers, somebody broadcasts to the same audience. */
      readonly nestedAfter?: number;
    }
  | { readonly kind: "enter"; readonly audience: number; readonly member: number }
  | { readonly kind: "exit"; readonly audience: number; readonly member: number }
  | { readonly kind: "close"; readonly member: number };

/** What a connection was sent: a payload, and what it is to come out as. */
interface Sent {
  readonly payload: Uint8Array;
  readonly isCompressed: boolean;
  readonly plaintext: Uint8Array;
}

export class Member {
  readonly settings: MemberSettings;
  readonly extension: PerMessageDeflate;
  readonly sent: Sent[] = [];
  isClosed = false;
  #fragments: { readonly payloads: Uint8Array[]; readonly plaintexts: Uint8Array[] } | undefined;
  #large: { readonly message: Uint8Array; readonly encoding: Promise<LaterEncoding | undefined> } | undefined;
  #queue: (() => void)[] = [];

  constructor(settings: MemberSettings, engine: DeflateEngine) {
    this.settings = settings;
    const { windowBits, noContextTakeover, threshold, level = 6, memLevel = 8, strategy = "default" } = settings;
    const sending = { windowBits, noContextTakeover };
    const { receiving = sending } = settings;
    const response = {
      serverNoContextTakeover: noContextTakeover,
      clientNoContextTakeover: false,
      serverMaxWindowBits: windowBits,
      clientMaxWindowBits: undefined,
    };
    const effort = { level, memLevel, strategy, threshold };
    this.extension = new PerMessageDeflate({ response, sending, receiving, effort }, engine);
  }

  /** Whether what is sent now has to wait for the end of a message. */
  get isWaiting(): boolean {
    return this.#fragments !== undefined || this.#large !== undefined;
  }

  own(message: Uint8Array, compress: boolean | undefined): void {
    this.#inTurn(() => {
      const encoded = this.extension.encode(message, { opcode: 1, isFirst: true, isLast: true, compress });
      this.#note(message, encoded?.slice());
    });
  }

  large(message: Uint8Array): void {
    if (this.isWaiting) return;
    const part = { opcode: 1, isFirst: true, isLast: true, compress: undefined } as const;
    const encoding = this.extension.encodeLater(message, part);
    if (encoding === undefined) this.own(message, undefined);
    else this.#large = { message, encoding };
  }

  /** Sends the message that is encoded elsewhere, if there is one, and what waits for it. */
  async finishLarge(): Promise<void> {
    if (this.#large === undefined) return;
    const { message, encoding } = this.#large;
    const encoded = await encoding;
    this.#large = undefined;
    if (this.isClosed) return;
    encoded?.sent();
    this.#note(message, encoded?.payload);
    this.#sendWaiting();
  }

  begin(fragment: Uint8Array): void {
    if (this.isWaiting) return;
    const encoded = this.extension.encode(fragment, { opcode: 1, isFirst: true, isLast: false, compress: undefined })!;
    this.#fragments = { payloads: [encoded.slice()], plaintexts: [fragment] };
  }

  finish(fragment: Uint8Array): void {
    if (this.#fragments === undefined) return;
    const { payloads, plaintexts } = this.#fragments;
    const part = { opcode: 1, isFirst: false, isLast: true, compress: undefined } as const;
    payloads.push(this.extension.encode(fragment, part)!.slice());
    this.#fragments = undefined;
    this.#note(Buffer.concat([...plaintexts, fragment]), Buffer.concat(payloads));
    this.#sendWaiting();
  }

  /** As a broadcast does it. */
  share(encoding: SharedEncoding, message: Uint8Array): void {
    const { sharing } = this.extension;
    if (this.isWaiting) {
      const encoded = encoding.encodeForLater(sharing);
      this.#inTurn(() => {
        this.#note(message, encoded);
        if (encoded !== undefined) encoding.sentLater(sharing);
      });
      return;
    }
    const encoded = encoding.encodeFor(sharing);
    this.#note(message, encoded);
    if (encoded !== undefined) encoding.sent(sharing, encoded);
  }

  close(): void {
    this.isClosed = true;
    this.extension.release();
  }

  /** What went wrong, if anything, for a peer that keeps one stream. */
  fault(): string | undefined {
    const { windowBits, noContextTakeover } = this.settings;
    const compressed = this.sent.filter(({ isCompressed }) => isCompressed);
    const options = {
      windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      // Less than the window, so that zlib cannot take from its output what is no longer in the window
      chunkSize: Math.max(1 << (windowBits - 2), 64),
    };
    const groups = noContextTakeover ? compressed.map((one) => [one]) : [compressed];
    for (const group of groups) {
      const stream = group.flatMap(({ payload }) => [payload, TAIL]);
      const plaintext = Buffer.concat(group.map((one) => one.plaintext));
      if (Buffer.compare(inflateRawSync(Buffer.concat(stream), options), plaintext) !== 0) return "other bytes";
    }
    return undefined;
  }

  #sendWaiting(): void {
    for (const task of this.#queue.splice(0)) task();
  }

  #inTurn(task: () => void): void {
    if (this.isWaiting) this.#queue.push(task);
    else task();
  }

  #note(plaintext: Uint8Array, payload: Uint8Array | undefined): void {
    this.sent.push({ payload: payload ?? plaintext, isCompressed: payload !== undefined, plaintext });
  }
}

const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

class Audience {
  readonly members: Set<Member> = new Set();
  readonly histories: Map<string, SharedHistory> = new Map();
  isKnown = false;
}

export class AudienceWorld {
  readonly members: Member[];
  readonly #audiences: readonly Audience[];
  readonly #engine: DeflateEngine;

  /** Everybody is in every audience at first. */
  constructor(settings: readonly MemberSettings[], audiences: number, engine: DeflateEngine) {
    this.#engine = engine;
    this.members = settings.map((one) => new Member(one, engine));
    this.#audiences = Array.from({ length: audiences }, () => new Audience());
    for (const { members } of this.#audiences) for (const member of this.members) members.add(member);
  }

  play(step: Step): void {
    if (step.kind === "broadcast") {
      this.#broadcast(step);
      return;
    }
    const member = this.members[step.member % this.members.length]!;
    if (step.kind === "own") member.own(step.message, step.compress);
    else if (step.kind === "large") member.large(step.message);
    else if (step.kind === "begin") member.begin(step.message);
    else if (step.kind === "finish") member.finish(step.message);
    else if (step.kind === "close") this.replace(member, member.settings);
    else this.#audienceOf(step).members[step.kind === "enter" ? "add" : "delete"](member);
  }

  /** What went wrong for whom, if anything. */
  faults(): string[] {
    return this.members.flatMap((member, index) => {
      const fault = member.fault();
      return fault === undefined ? [] : [`member ${index} ${JSON.stringify(member.settings)}: ${fault}`];
    });
  }

  close(): void {
    for (const member of this.members) member.close();
  }

  /** Closes a connection, and another one takes its place everywhere. */
  replace(member: Member, settings: MemberSettings): Member {
    const fault = member.fault();
    if (fault !== undefined) throw new Error(`${JSON.stringify(member.settings)}: ${fault}`);
    member.close();
    const another = new Member(settings, this.#engine);
    this.members[this.members.indexOf(member)] = another;
    for (const { members } of this.#audiences) if (members.delete(member)) members.add(another);
    return another;
  }

  #audienceOf({ audience }: { readonly audience: number }): Audience {
    return this.#audiences[audience % this.#audiences.length]!;
  }

  #broadcast(step: Step & { kind: "broadcast" }): void {
    const audience = this.#audienceOf(step);
    const encodings = new Map<string, SharedEncoding>();
    let left = step.nestedAfter ?? -1;
    for (const member of audience.members) {
      if (((step.missing >> this.members.indexOf(member)) & 1) === 1) continue;
      if (left-- === 0)
        this.#broadcast({ kind: "broadcast", audience: step.audience, message: step.message, missing: 0 });
      member.share(this.#encodingFor(audience, encodings, member, step), step.message);
    }
    for (const encoding of encodings.values()) encoding.end();
    audience.isKnown = true;
  }

  #encodingFor(
    audience: Audience,
    encodings: Map<string, SharedEncoding>,
    { extension: { sharing } }: Member,
    { message, compress }: Step & { kind: "broadcast" },
  ): SharedEncoding {
    const { histories, isKnown } = audience;
    const { key } = sharing;
    let encoding = encodings.get(key);
    if (encoding !== undefined) return encoding;
    if (isKnown && !histories.has(key)) histories.set(key, sharing.createHistory());
    encoding = (histories.get(key) ?? sharing).encode(message, compress);
    encodings.set(key, encoding);
    return encoding;
  }
}
