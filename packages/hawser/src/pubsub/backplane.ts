/**
 * The contract of a backplane: what carries publications between the processes of one application.
 *
 * A backplane is one process's access to an engine (Redis, NATS, the primary of a cluster, memory). Whoever implements one runs
 * the contract suite, `test/backplane-contract.ts`, which asks for everything that is said here with MUST.
 *
 * What it need not do: know who is subscribed (it is told topics), count (a topic is subscribed to once), gather calls (they
 * come gathered), keep publications in order or fill gaps where a topic has a history (the receiver does, by offsets).
 *
 * A method that gives an {@link Answer} may give it at once or as a promise, and may throw or reject. None MUST ever wait for an
 * engine that is away: but for `subscribe` and `unsubscribe`, they fail at once then, with a {@link BackplaneError}, and within
 * seconds if the link breaks meanwhile.
 */

import type { Answer } from "./answer.ts";
import type { Position, Publication, StoredPublication } from "./publication.ts";

/** How much of a topic an engine keeps. */
export interface HistoryLimits {
  /** Publications. */
  readonly maxCount: number;
  /** Milliseconds. */
  readonly maxAge: number;
}

/** A topic to be heard. */
export interface TopicInterest {
  readonly topic: string;
  /** `undefined`: nothing of it is kept. */
  readonly history: HistoryLimits | undefined;
}

/** What became of a publication. */
export interface Receipt {
  /** Where it stands; for a duplicate, where the first one does. `undefined` for a topic without history. */
  readonly position: Position | undefined;
  /** Its key was seen before: it was neither kept nor passed on. */
  readonly isDuplicate: boolean;
}

/** Which part of a history is asked for: what follows a position, or so many of the latest, a whole number (0: none, only where it ends). */
export type HistoryRequest = { readonly since: Position } | { readonly last: number };

/** Part of a history. */
export interface HistoryPage extends Position {
  // `epoch` and `offset` of the latest publication, or offset 0 if there was none yet.

  /** In order, without gaps, and up to the latest. None if what was asked for is not kept any more. */
  readonly publications: readonly StoredPublication[];
  /** Whether nothing that was asked for is missing. Always true for `last`. */
  readonly isComplete: boolean;
}

/** A member of a topic, as an engine keeps it. */
export interface PresenceRecord {
  /** Names the member among those of its topic, in all processes. */
  readonly id: string;
  /** JSON. */
  readonly data: string;
}

/** Keeps who is present. All methods may be asked for any topic, subscribed to or not. */
export interface BackplanePresence {
  /**
   * These members are present for `ttl` milliseconds from now, whatever was said of them before. The caller says it again in
   * time; a member of which it is not said any more MUST be gone after `ttl`, and MAY be gone a second late.
   */
  keep(topic: string, members: readonly PresenceRecord[], ttl: number): Answer<void>;
  /** These are gone. Ids that are not there are no error. */
  remove(topic: string, ids: readonly string[]): Answer<void>;
  /** Those of all processes, in any order. */
  list(topic: string): Answer<readonly PresenceRecord[]>;
  /** How many {@link list} would tell, without making the list. */
  count(topic: string): Answer<number>;
}

/**
 * Who is told. Methods do not throw.
 *
 * They MUST NOT be called during a call of one of the backplane's own methods, and not after `close()` was called.
 */
export interface BackplaneReceiver {
  /**
   * Somebody else published. `position`: where it stands, if the topic has a history.
   *
   * - MUST NOT be called for what this backplane published itself.
   * - Without history: each publication at most once; those of one publisher in the order in which they were published.
   * - With history: may come twice, late, or in another order: the receiver goes by the offsets.
   * - May be called for topics that are not subscribed to, or not any more.
   */
  received(publication: Publication, position: Position | undefined): void;
  /**
   * Publications of these topics may have been lost (`undefined`: of any topic). MUST be called whenever the link to the engine
   * was down, after it is back and everything is subscribed to again, and before {@link connected}; and whenever the engine
   * says that it dropped something.
   */
  gap(topics: readonly string[] | undefined): void;
  /** The engine is there again. */
  connected(): void;
  /** The engine is gone. MUST be called once for each time, within seconds; `cause` is for the log. */
  disconnected(cause: unknown): void;
  /** Something came from the engine that breaks a rule, and was dropped. `reason`: the rule and the value, for the log. */
  rejected(reason: string): void;
}

export interface Backplane {
  /** For logs and metrics: `"memory"`, `"redis"`. */
  readonly name: string;
  /** Who is present, if the engine can keep that. */
  readonly presence: BackplanePresence | undefined;
  /** Whether the engine keeps histories. If not, {@link publish} gives no position and {@link history} rejects. */
  readonly keepsHistory: boolean;

  /**
   * Begins. Called once, before anything else.
   *
   * Resolves when the engine was reached. If it can't be reached now, it MUST resolve all the same, after
   * `receiver.disconnected()` was called, and go on trying; it rejects for what trying again can't mend.
   */
  start(receiver: BackplaneReceiver): Promise<void>;

  /**
   * Hears these topics from now on; none of them is subscribed to already. Once it resolves, whatever anybody else publishes
   * reaches the receiver.
   *
   * MUST NOT wait for an engine that is away, nor reject because of it: it resolves at once then, and within seconds if the link
   * breaks meanwhile. The topics are remembered; whenever the link comes back, all that were asked for are subscribed to.
   */
  subscribe(interests: readonly TopicInterest[]): Answer<void>;

  /** Hears them no more. Not called while a {@link subscribe} of the same topics is under way. */
  unsubscribe(topics: readonly string[]): Answer<void>;

  /**
   * Passes a publication on to all other processes that hear its topic. Resolves once the engine has it.
   *
   * - With `history`, the engine MUST append it to the topic's history, give it the next offset, and do both as one: never two
   *   publications with one offset, never an offset that others hear of and the history has not. It forgets the oldest beyond
   *   `maxCount` and `maxAge`. The epoch MUST be another one whenever offsets begin anew.
   * - With a `key` and `history`, a publication whose key was seen on the topic within the window of `KeyWindow` MUST be neither
   *   kept nor passed on. Without history the engine MAY do so: receivers know the keys.
   * - MUST reject if the engine does not have it, at once if the link is known to be down: it is never kept for later. If it is
   *   not known whether the engine has it, it rejects too.
   */
  publish(publication: Publication, history: HistoryLimits | undefined): Answer<Receipt>;

  /**
   * Part of the history of a topic, with everything in it whose publisher has a receipt. A topic that nothing was published to
   * has an epoch all the same, and the offset 0.
   *
   * `isComplete` MUST be false if the epoch of `since` is not the history's, if its offset is beyond the latest, or if a
   * publication after it is forgotten.
   */
  history(topic: string, limits: HistoryLimits, request: HistoryRequest): Answer<HistoryPage>;

  /** Ends the backplane. Clients that the application handed in stay open. Calling it again is no error. */
  close(): Promise<void>;
}

/** Why a backplane did not do what it was asked for. */
export class BackplaneError extends Error {
  override readonly name: string = "BackplaneError";
  /** `"DISCONNECTED"`: the engine was not asked. `"FAILED"`: it said no, or nothing, and may or may not have done it. */
  readonly code: "DISCONNECTED" | "FAILED";

  constructor(code: "DISCONNECTED" | "FAILED", message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
