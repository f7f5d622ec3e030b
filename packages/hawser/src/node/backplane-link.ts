/**
 * A server's end of its backplane: whether the engine is there, what is heard of it, and what is counted.
 *
 * Without a backplane of the application's, an engine in memory is made when a topic needs one.
 */

import { randomUUID } from "node:crypto";
import type { Answer } from "../pubsub/answer.ts";
import {
  type Backplane,
  BackplaneError,
  type BackplaneReceiver,
  type HistoryLimits,
  type Receipt,
} from "../pubsub/backplane.ts";
import { Interest } from "../pubsub/interest.ts";
import { MemoryEngine } from "../pubsub/memory-engine.ts";
import type { Position, Publication } from "../pubsub/publication.ts";
import type { Clock } from "./clock.ts";
import { diagnostics } from "./diagnostics.ts";
import { ignore } from "./ignore.ts";
import type { Logger } from "./logger.ts";

/** What a server counts of its backplane. */
export interface BackplaneMetrics {
  /** That of the engine: `"redis"`. */
  readonly name: string;
  readonly isConnected: boolean;
  /** Publications that were given to the engine ... */
  readonly published: number;
  /** ... and those of them that it did not take. */
  readonly failed: number;
  /** Publications that came from other processes ... */
  readonly received: number;
  /** ... and what came that broke a rule. */
  readonly rejected: number;
  /** How often publications may have been lost. */
  readonly gaps: number;
}

/** Who is told what the engine tells. */
export interface LinkHost {
  /** The engine has taken a publication, after so many milliseconds. */
  confirmed(duration: number): void;
  received(publication: Publication, position: Position | undefined): void;
  /** Publications of these topics, or of any, may have been lost. */
  gap(topics: readonly string[] | undefined): void;
}

/**
 * Bytes of publications that the engine has not answered: beyond, it is given no more until it has. An engine that hangs is
 * noticed within seconds, in which a busy process would otherwise gather hundreds of megabytes.
 */
const MAX_UNANSWERED = 16_777_216;

/** Bytes that a publication takes besides its payload, about. */
const PUBLICATION_COST = 512;

/** Milliseconds between two log lines about what breaks a rule: whoever writes to the engine could fill the disk. */
const REJECTED_LOG_INTERVAL = 60_000;

export class BackplaneLink implements BackplaneReceiver {
  /** Whether there are other processes to tell. */
  readonly isShared: boolean;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #host: LinkHost;
  #backplane: Backplane | undefined;
  #interest: Interest | undefined;
  #isConnected = true;
  #isClosed = false;
  #unanswered = 0;
  readonly #counts = { published: 0, failed: 0, received: 0, rejected: 0, gaps: 0 };
  #nextRejectedLog = Number.NEGATIVE_INFINITY;

  constructor(backplane: Backplane | undefined, clock: Clock, logger: Logger, host: LinkHost) {
    this.isShared = backplane !== undefined;
    this.#backplane = backplane;
    this.#clock = clock;
    this.#logger = logger;
    this.#host = host;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get metrics(): BackplaneMetrics | undefined {
    if (!this.isShared) return undefined;
    return { name: this.engine.name, isConnected: this.#isConnected, ...this.#counts };
  }

  /** The application's backplane, or memory. */
  get engine(): Backplane {
    this.#backplane ??= this.#embed();
    return this.#backplane;
  }

  async start(): Promise<void> {
    if (this.isShared) await this.engine.start(this);
  }

  /** Resolves once the topic is heard. */
  hear(topic: string, history: HistoryLimits | undefined): Promise<void> {
    this.#interest ??= new Interest(this.engine, {
      schedule: (callback, delay) => this.#clock.schedule(callback, delay),
      cancel: (scheduled) => this.#clock.cancel(scheduled),
      interestFailed: (error) => this.#logger.error({ err: error }, "the backplane did not subscribe"),
    });
    return this.#interest.add(topic, history);
  }

  unhear(topic: string): void {
    if (!this.#isClosed) this.#interest?.delete(topic);
  }

  publish(publication: Publication, history: HistoryLimits | undefined): Answer<Receipt> {
    if (this.#unanswered > MAX_UNANSWERED) {
      return this.refuse(
        `at most ${MAX_UNANSWERED} bytes may wait for an answer of the ${this.engine.name} backplane, got ${this.#unanswered}`,
      );
    }
    this.#counts.published++;
    let answer: Answer<Receipt>;
    try {
      answer = this.engine.publish(publication, history);
    } catch (error) {
      answer = Promise.reject(error);
    }
    if (!(answer instanceof Promise)) return answer;
    const size = publication.data.length + PUBLICATION_COST;
    const since = this.#clock.now();
    this.#unanswered += size;
    const receipt = answer.then(
      (confirmed) => {
        this.#unanswered -= size;
        this.#host.confirmed(this.#clock.now() - since);
        return confirmed;
      },
      (error: unknown) => {
        this.#unanswered -= size;
        this.#counts.failed++;
        throw error;
      },
    );
    receipt.catch(ignore);
    return receipt;
  }

  /** What a publication comes to that the engine can't be given. */
  refuse(reason = `the ${this.engine.name} backplane is away`): Promise<never> {
    this.#counts.published++;
    this.#counts.failed++;
    const error = new BackplaneError("DISCONNECTED", `Cannot publish: ${reason}`);
    const refused = Promise.reject(error);
    refused.catch(ignore);
    return refused;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#interest?.close();
    await this.#backplane
      ?.close()
      .catch((error: unknown) => this.#logger.warn({ err: error }, "the backplane did not close"));
  }

  // What the backplane tells

  received(publication: Publication, position: Position | undefined): void {
    this.#counts.received++;
    this.#host.received(publication, position);
  }

  gap(topics: readonly string[] | undefined): void {
    this.#counts.gaps++;
    this.#host.gap(topics);
  }

  connected(): void {
    this.#isConnected = true;
    const { name } = this.engine;
    this.#logger.info({ backplane: name }, "the backplane is connected");
    if (diagnostics.backplaneUp.hasSubscribers) diagnostics.backplaneUp.publish({ name });
  }

  disconnected(cause: unknown): void {
    this.#isConnected = false;
    const { name } = this.engine;
    this.#logger.warn({ backplane: name, err: cause }, "the backplane is away");
    if (diagnostics.backplaneDown.hasSubscribers) diagnostics.backplaneDown.publish({ name, cause });
  }

  rejected(reason: string): void {
    this.#counts.rejected++;
    const now = this.#clock.now();
    if (now < this.#nextRejectedLog) return;
    this.#nextRejectedLog = now + REJECTED_LOG_INTERVAL;
    const { rejected } = this.#counts;
    this.#logger.warn({ backplane: this.engine.name, reason, rejected }, "a publication of somebody else was dropped");
  }

  #embed(): Backplane {
    const engine = new MemoryEngine({ now: () => this.#clock.now(), createId: randomUUID }).backplane();
    // It resolves at once, and tells nobody anything
    void engine.start(this);
    return engine;
  }
}

/** @throws {TypeError} if `backplane` is given and is none. */
export function checkBackplane(action: string, backplane: Backplane | undefined): Backplane | undefined {
  if (backplane === undefined) return undefined;
  if (typeof backplane?.start === "function" && typeof backplane.publish === "function") return backplane;
  throw new TypeError(
    `Cannot ${action}: backplane must be a backplane such as memoryEngine().backplane(), got ${String(backplane)}`,
  );
}
