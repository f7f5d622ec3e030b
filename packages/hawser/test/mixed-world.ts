/**
 * Many connections at once on one engine, each with windows and levels of its own: what they are sent alone, together and
 * through the pool, and what they receive, while windows are frozen, given up for want of memory, and connections come and go.
 *
 * One zlib stream each way judges every connection. In every window stands a canary, a text that no other connection may see.
 */

import type { DeflateEngine } from "../src/deflate/engine.ts";
import { createVectorEngine, type VectorEngine } from "../src/deflate/vector-engine.ts";
import { AudienceWorld, type Member, type MemberSettings, type Step } from "./audience-world.ts";
import { type Chance, makeMessage, makeSettings } from "./deflate-fuzz.ts";
import { HeldPool } from "./held-pool.ts";
import { Sender } from "./mixed-sender.ts";
import { coolDown } from "./resting-engine.ts";

const MEMBERS = 24;
const AUDIENCES = 4;
/** Bytes of a message, most of the time: windows are to be filled by many. */
const USUAL_SIZE = 700;

export interface MixedCounts {
  /** Messages sent to one connection, to audiences, and received. */
  own: number;
  broadcasts: number;
  received: number;
  /** Those of them that the pool coded. */
  deflatedLater: number;
  inflatedLater: number;
  /** Payloads that were changed, and what became of them. */
  corrupted: number;
  accepted: number;
  refused: number;
  /** Refused, though zlib takes them: its own leniency. */
  stricter: number;
  closed: number;
  frozen: number;
  thawed: number;
  shrunk: number;
  declined: number;
}

export class MixedWorld {
  readonly counts: MixedCounts = {
    own: 0,
    broadcasts: 0,
    received: 0,
    deflatedLater: 0,
    inflatedLater: 0,
    corrupted: 0,
    accepted: 0,
    refused: 0,
    stricter: 0,
    closed: 0,
    frozen: 0,
    thawed: 0,
    shrunk: 0,
    declined: 0,
  };
  readonly #chance: Chance;
  readonly #vectors: VectorEngine;
  readonly #pool = new HeldPool();
  readonly #engine: DeflateEngine;
  readonly #audiences: AudienceWorld;
  readonly #senders: Sender[];
  readonly #history: Uint8Array[] = [];
  #opened = 0;

  /** @param memoryBudget bytes for all windows */
  constructor(chance: Chance, memoryBudget: number, portion: number) {
    this.#chance = chance;
    this.#vectors = createVectorEngine({ memoryBudget, portion })!;
    const engine = this.#vectors;
    this.#engine = {
      createDeflater: (...args) => engine.createDeflater(...args),
      createInflater: (...args) => engine.createInflater(...args),
      admits: (bytes) => engine.admits(bytes),
      holdShared: (bytes) => engine.holdShared(bytes),
      pool: this.#pool,
    };
    const settings = Array.from({ length: MEMBERS }, () => this.#memberSettings());
    this.#audiences = new AudienceWorld(settings, AUDIENCES, this.#engine);
    this.#senders = this.#audiences.members.map((member) => this.#open(member));
  }

  /** A message, and a corrupted payload. */
  async step(): Promise<void> {
    const chance = this.#chance;
    // Some are busy, most are not
    const at = chance(3) === 0 ? chance(3) : chance(MEMBERS);
    // The first has something to be corrupted
    if (this.counts.received === 0) await this.#receive(at);
    await this.#act(at);
    if (chance(8) === 0) await this.#finishPending(chance(MEMBERS));
    if (chance(40) === 0) this.#passTime();
    if (chance(100) === 0) await this.#replace(chance(MEMBERS));
    while (!this.#attack(this.#senders[chance(MEMBERS)]!));
  }

  #attack(sender: Sender): boolean {
    const outcome = sender.attack(this.#chance);
    if (outcome === undefined) return false;
    this.counts.corrupted++;
    this.counts[outcome]++;
    if (outcome === "stricter") this.counts.refused++;
    return true;
  }

  /** Closes all, and says what went wrong, if anything. */
  async close(): Promise<string[]> {
    for (const [at, sender] of this.#senders.entries()) {
      await this.#finishPending(at);
      sender.close();
    }
    const faults = this.#audiences.faults();
    this.#audiences.close();
    const { windows, coldWindows, coldBytes, sharedBytes, ...metrics } = this.#vectors.space.metrics();
    const { frozen, thawed, shrunk } = metrics;
    const { deflated: deflatedLater, inflated: inflatedLater } = this.#pool;
    Object.assign(this.counts, { frozen, thawed, shrunk, deflatedLater, inflatedLater });
    const left = { windows, coldWindows, coldBytes, sharedBytes };
    if (Object.values(left).some((count) => count !== 0)) faults.push(`${JSON.stringify(left)} are left`);
    return faults;
  }

  async #act(at: number): Promise<void> {
    const chance = this.#chance;
    const kind = chance(40);
    if (kind < 20) {
      await this.#receive(at);
    } else if (kind < 28) {
      this.#play({ kind: "own", member: at, message: this.#message(at), ...this.#wish() });
    } else if (kind < 30) {
      this.#play({ kind: "large", member: at, message: this.#message(at) });
    } else if (kind < 31) {
      this.#play({ kind: "begin", member: at, message: this.#message(at) });
    } else if (kind < 33) {
      this.#play({ kind: "finish", member: at, message: this.#message(at) });
    } else if (kind < 39) this.#broadcast();
    else this.#play({ kind: chance(3) === 0 ? "exit" : "enter", audience: chance(AUDIENCES), member: at });
  }

  async #receive(at: number): Promise<void> {
    const chance = this.#chance;
    if (this.#senders[at]!.isPending) await this.#finishPending(at);
    this.counts.received++;
    const isLarge = chance(25) === 0;
    const message = isLarge ? this.#largeMessage(at) : this.#message(at);
    await this.#senders[at]!.send(message, isLarge ? 1 : 1 + chance(3), chance(2) === 0);
  }

  #play(step: Step): void {
    if ("message" in step) this.counts[step.kind === "broadcast" ? "broadcasts" : "own"]++;
    this.#audiences.play(step);
  }

  #broadcast(): void {
    const chance = this.#chance;
    const missing = chance(3) === 0 ? chance(1 << MEMBERS) : 0;
    const nested = chance(30) === 0 ? { nestedAfter: chance(MEMBERS) } : {};
    const message = this.#text();
    this.#play({ kind: "broadcast", audience: chance(AUDIENCES), message, missing, ...nested, ...this.#wish() });
  }

  /** A message that another connection must not see anything of. */
  #message(at: number): Uint8Array {
    return Buffer.concat([this.#senders[at]!.canary, this.#text()]);
  }

  /** So large, when it is compressed, that the pool inflates it. */
  #largeMessage(at: number): Uint8Array {
    const message = new Uint8Array(6_000 + this.#chance(9_000)).map(() => 32 + this.#chance(64));
    return Buffer.concat([this.#senders[at]!.canary, message]);
  }

  #text(): Uint8Array {
    const chance = this.#chance;
    const message = makeMessage(chance, this.#history);
    const size = chance(40) === 0 ? 40_000 : USUAL_SIZE;
    // What is quoted later must have nobody's canary
    const text = message.subarray(0, size);
    this.#history.push(text.subarray(0, 4_000));
    if (this.#history.length > 60) this.#history.shift();
    return text;
  }

  #wish(): { compress?: boolean } {
    const kind = this.#chance(12);
    return kind < 10 ? {} : { compress: kind === 10 };
  }

  async #finishPending(at: number): Promise<void> {
    this.#pool.open();
    await this.#audiences.members[at]!.finishLarge();
    await this.#senders[at]!.finish();
    this.#pool.close();
  }

  #passTime(): void {
    const { space } = this.#vectors;
    const kind = this.#chance(12);
    if (kind === 0) coolDown(space);
    else if (kind < 8) space.age();
    else space.relax();
  }

  async #replace(at: number): Promise<void> {
    const before = this.#audiences.members[at]!;
    this.#senders[at]!.close();
    const member = this.#audiences.replace(before, this.#memberSettings());
    const pending = this.#senders[at]!;
    this.#senders[at] = this.#open(member);
    this.counts.closed++;
    // What was under way for the connection that is gone comes too late
    this.#pool.open();
    await before.finishLarge();
    await pending.finish();
    this.#pool.close();
  }

  #open(member: Member): Sender {
    const settings = { ...makeSettings(this.#chance), ...member.settings.receiving! };
    return new Sender(++this.#opened, member, settings, this.#engine);
  }

  #memberSettings(): MemberSettings {
    const chance = this.#chance;
    // Half of them alike: so there is something to share
    const usual = { windowBits: 12, level: 6, memLevel: 8, strategy: "default" } as const;
    const sending = chance(2) === 0 ? usual : makeSettings(chance);
    const windowBits = this.#receivingBits();
    return {
      ...sending,
      noContextTakeover: chance(10) === 0,
      threshold: chance(2) * 32,
      receiving: { windowBits, noContextTakeover: chance(10) === 0 },
    };
  }

  /** As large as there is room for, as a server has it. */
  #receivingBits(): number {
    const windowBits = 8 + this.#chance(8);
    if (this.#vectors.admits(1 << windowBits)) return windowBits;
    this.#vectors.declined();
    this.counts.declined++;
    return 8;
  }
}
