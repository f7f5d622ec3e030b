/**
 * Audiences of a single history, and messages of kinds that shrink differently.
 */

import { expect } from "vitest";
import type { DeflateEngine } from "../src/deflate/engine.ts";
import { createVectorEngine } from "../src/deflate/vector-engine.ts";
import { zlibEngine } from "../src/node/zlib-engine.ts";
import type { SharedHistory } from "../src/protocol/extension.ts";
import { Member, type MemberSettings } from "./audience-world.ts";

const vectorEngine = createVectorEngine();

/** What connections use here. */
export const usualEngine: DeflateEngine = vectorEngine ?? zlibEngine;

/** Those there are. */
export const ENGINES: readonly [string, DeflateEngine][] = [
  ...(vectorEngine === undefined ? [] : [["the vector engine", vectorEngine] as [string, DeflateEngine]]),
  ["zlib", zlibEngine],
];

/** Bytes of the members' windows. */
export const WINDOW = 4_096;
export const TAKEOVER: MemberSettings = { windowBits: 12, noContextTakeover: false, threshold: 0 };
export const NO_TAKEOVER: MemberSettings = { ...TAKEOVER, noContextTakeover: true };

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A text like those before it: some 240 bytes. */
export function chat(index: number): Uint8Array {
  const words = ["hawser", "bollard", "capstan", "fairlead", "windlass", "quay", "fender", "mooring"];
  const body = Array.from({ length: 14 }, (_, at) => words[(index * (at + 3) + at * at) % words.length]).join(" ");
  return utf8(JSON.stringify({ type: "message", id: index * 7_919, room: "harbour", from: `user-${index % 9}`, body }));
}

/** Bytes that do not shrink. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Counts deflations. */
export function counted(engine: DeflateEngine): DeflateEngine & { deflations: number } {
  const counting = {
    deflations: 0,
    createInflater: engine.createInflater,
    createDeflater: (options: Parameters<DeflateEngine["createDeflater"]>[0]) => {
      const deflater = engine.createDeflater(options);
      const deflate = deflater.deflate.bind(deflater);
      deflater.deflate = (payload, reach) => {
        counting.deflations++;
        return deflate(payload, reach);
      };
      return deflater;
    },
  };
  return counting;
}

/** Members of one audience that have got nothing yet. */
export function audience(
  count: number,
  engine: DeflateEngine = usualEngine,
  settings: MemberSettings = TAKEOVER,
): Audience {
  return new Audience(Array.from({ length: count }, () => new Member(settings, engine)));
}

export class Audience {
  readonly members: Member[];
  readonly history: SharedHistory;

  constructor(members: Member[]) {
    this.members = members;
    this.history = members[0]!.extension.sharing.createHistory();
  }

  broadcast(message: Uint8Array, receivers: readonly Member[] = this.members, compress?: boolean): void {
    const encoding = this.history.encode(message, compress);
    for (const member of receivers) member.share(encoding, message);
    encoding.end();
    encoding.end();
  }

  /** Lengths of what each was sent last; negative if it was not compressed. */
  get last(): number[] {
    return this.members.map(({ sent }) => {
      const { payload, isCompressed } = sent.at(-1)!;
      return isCompressed ? payload.length : -payload.length;
    });
  }

  check(): void {
    expect(this.members.map((member) => member.fault())).toEqual(this.members.map(() => undefined));
  }
}

/** Of 40 bytes, of which none shrinks alone and each by the others. */
export function update(index: number): Uint8Array {
  const bytes = noise(40, 99);
  new DataView(bytes.buffer).setUint32(4, index * 2_654_435_761);
  return bytes;
}
