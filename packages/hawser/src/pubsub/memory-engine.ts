/**
 * An engine in this process: histories, keys and presence in memory, for one server or for several.
 *
 * It can go away and come back, as engines do, so that a test sees what an application does then.
 */

import {
  type Backplane,
  BackplaneError,
  type BackplanePresence,
  type BackplaneReceiver,
  type HistoryLimits,
  type HistoryPage,
  type HistoryRequest,
  type Receipt,
  type TopicInterest,
} from "./backplane.ts";
import { HistoryLog } from "./history-log.ts";
import { MemoryPresence } from "./memory-presence.ts";
import type { Position, Publication } from "./publication.ts";
import { RecentKeys } from "./recent-keys.ts";

/** What an engine in memory needs of its platform. */
export interface MemoryPlatform {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number;
  /** A text that is never given twice. */
  createId(): string;
}

export class MemoryEngine {
  readonly #platform: MemoryPlatform;
  readonly #backplanes: Set<MemoryBackplane> = new Set();
  /** In the order of their last use, as far as they were published to. */
  #logs: Map<string, HistoryLog> = new Map();
  #keys: RecentKeys<Position> = new RecentKeys();
  #presence: MemoryPresence;
  #isAway = false;

  /** @internal */
  constructor(platform: MemoryPlatform) {
    this.#platform = platform;
    this.#presence = new MemoryPresence(platform.now);
  }

  /** A further access to this engine, for one server. */
  backplane(): Backplane {
    const backplane = new MemoryBackplane(this);
    this.#backplanes.add(backplane);
    return backplane;
  }

  /** Goes away: as a broker does that crashed. Nothing happens if it is away. */
  goAway(): void {
    if (this.#isAway) return;
    this.#isAway = true;
    for (const backplane of this.#backplanes) backplane.lose();
  }

  /** Comes back. `isEmpty`: without what it knew, as a broker does that keeps nothing on disk. */
  comeBack({ isEmpty = false }: { readonly isEmpty?: boolean } = {}): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    if (isEmpty) this.#forgetAll();
    for (const backplane of this.#backplanes) backplane.regain();
  }

  /** @internal */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** @internal */
  get presence(): BackplanePresence {
    return this.#presence;
  }

  /** @internal */
  publish(publication: Publication, history: HistoryLimits | undefined, origin: MemoryBackplane): Receipt {
    const { topic, key } = publication;
    const now = this.#platform.now();
    const known = key === undefined || history === undefined ? undefined : this.#keys.get(topic, key, now);
    if (known !== undefined) return { position: known, isDuplicate: true };
    const position = history && this.#log(topic, history, now).append(publication, history, now);
    if (key !== undefined && position !== undefined) this.#keys.add(topic, key, position, now);
    for (const backplane of this.#backplanes) {
      if (backplane !== origin && backplane.hears(topic)) backplane.pass(publication, position);
    }
    return { position, isDuplicate: false };
  }

  /** @internal */
  history(topic: string, limits: HistoryLimits, request: HistoryRequest): HistoryPage {
    const now = this.#platform.now();
    return this.#log(topic, limits, now).page(limits, request, now);
  }

  /** @internal */
  remove(backplane: MemoryBackplane): void {
    this.#backplanes.delete(backplane);
  }

  #forgetAll(): void {
    this.#logs = new Map();
    this.#keys = new RecentKeys();
    this.#presence = new MemoryPresence(this.#platform.now);
  }

  /** That of a topic, now the last in the order; the first one goes if nobody can miss it. */
  #log(topic: string, limits: HistoryLimits, now: number): HistoryLog {
    this.#forgetOldest(now);
    const log = this.#logs.get(topic) ?? new HistoryLog(this.#platform.createId(), limits, now);
    this.#logs.delete(topic);
    this.#logs.set(topic, log);
    return log;
  }

  /** Looks at two for each one that is used, so that there are never many more than are in use. */
  #forgetOldest(now: number): void {
    let looks = 0;
    for (const [topic, log] of this.#logs) {
      if (looks++ >= 2) return;
      const isHeard = this.#isHeard(topic);
      if (!isHeard && !log.isOver(now)) return;
      this.#logs.delete(topic);
      // Its subscribers go by its epoch
      if (isHeard) this.#logs.set(topic, log);
    }
  }

  #isHeard(topic: string): boolean {
    for (const backplane of this.#backplanes) if (backplane.hears(topic)) return true;
    return false;
  }
}

class MemoryBackplane implements Backplane {
  readonly name = "memory";
  readonly keepsHistory = true;
  readonly presence: BackplanePresence;
  readonly #engine: MemoryEngine;
  readonly #topics: Set<string> = new Set();
  #receiver: BackplaneReceiver | undefined;

  constructor(engine: MemoryEngine) {
    this.#engine = engine;
    this.presence = {
      keep: (...args) => this.#asked().presence.keep(...args),
      remove: (...args) => this.#asked().presence.remove(...args),
      list: (...args) => this.#asked().presence.list(...args),
      count: (...args) => this.#asked().presence.count(...args),
    };
  }

  async start(receiver: BackplaneReceiver): Promise<void> {
    if (this.#receiver !== undefined) {
      throw new TypeError("Cannot start: a backplane serves one server, make another one with engine.backplane()");
    }
    this.#receiver = receiver;
    if (this.#engine.isAway) this.lose();
  }

  subscribe(interests: readonly TopicInterest[]): void {
    for (const { topic } of interests) this.#topics.add(topic);
  }

  unsubscribe(topics: readonly string[]): void {
    for (const topic of topics) this.#topics.delete(topic);
  }

  publish(publication: Publication, history: HistoryLimits | undefined): Receipt {
    return this.#asked().publish(publication, history, this);
  }

  history(topic: string, limits: HistoryLimits, request: HistoryRequest): HistoryPage {
    return this.#asked().history(topic, limits, request);
  }

  async close(): Promise<void> {
    this.#receiver = undefined;
    this.#engine.remove(this);
  }

  hears(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** Never during the call of the publisher. */
  pass(publication: Publication, position: Position | undefined): void {
    void Promise.resolve().then(() => this.#receiver?.received(publication, position));
  }

  lose(): void {
    const cause = new BackplaneError("DISCONNECTED", "the engine in memory was told to go away");
    void Promise.resolve().then(() => this.#receiver?.disconnected(cause));
  }

  regain(): void {
    void Promise.resolve().then(() => {
      this.#receiver?.gap(undefined);
      this.#receiver?.connected();
    });
  }

  #asked(): MemoryEngine {
    if (!this.#engine.isAway) return this.#engine;
    throw new BackplaneError("DISCONNECTED", "Cannot ask the engine: it is away");
  }
}
