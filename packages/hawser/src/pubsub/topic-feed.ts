/**
 * The publications of a topic with a history, put in order: each offset is handed on once, the next after the last, however they
 * come. What is missing is asked for; what is not kept any more is reported as lost.
 */

import { type Answer, whenAnswered } from "./answer.ts";
import type { HistoryPage, HistoryRequest } from "./backplane.ts";
import type { Position, StoredPublication } from "./publication.ts";

export interface FeedHost<Context> {
  /** Asks the engine. */
  history(request: HistoryRequest): Answer<HistoryPage>;
  /** The next publication. `context`: what it was accepted with. Must not throw. */
  deliver(publication: StoredPublication, context: Context | undefined): void;
  /** What came before the next one to be delivered is not to be had any more. Must not throw. */
  lost(position: Position): void;
  /** The engine did not answer. Must not throw. */
  historyFailed(error: unknown): void;
}

interface Ahead<Context> {
  readonly publication: StoredPublication;
  readonly context: Context | undefined;
}

/** Publications that came before those which precede them: more are dropped, and asked for again. */
const MAX_AHEAD = 1_000;

export class TopicFeed<Context> {
  readonly #host: FeedHost<Context>;
  /** The latest that were delivered, for those who missed a few: so that not each of them asks the engine. */
  readonly #recent: StoredPublication[] = [];
  readonly #maxRecent: number;
  /** Of the last that was delivered; `undefined` until the engine has told where the topic stands. */
  #position: Position | undefined;
  #beginning: Position | undefined;
  #ahead: Ahead<Context>[] = [];
  #asking: Promise<void> | undefined;
  /** Whether something happened while the engine was asked that its answer may not know of. */
  #mustAskAgain = false;

  /** `maxRecent`: how many publications are held; 0 where the engine is at hand. */
  constructor(host: FeedHost<Context>, maxRecent: number) {
    this.#host = host;
    this.#maxRecent = maxRecent;
  }

  /** Of the last publication that was delivered. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** What was delivered first follows this. */
  get beginning(): Position | undefined {
    return this.#beginning;
  }

  /**
   * Asks the engine for what may have been missed; the first time, where the topic stands. Resolves when that is known, or the
   * engine did not answer.
   */
  catchUp(): Promise<void> | undefined {
    if (this.#asking !== undefined) {
      this.#mustAskAgain = true;
      return this.#asking;
    }
    this.#mustAskAgain = false;
    const position = this.#position;
    const request = position === undefined ? { last: 0 } : { since: position };
    const asking = whenAnswered(
      () => this.#host.history(request),
      (page) => this.#caughtUp(page),
      (error) => this.#failed(error),
    );
    // What answers at once has answered, and may have been asked again
    if (asking !== undefined) this.#asking = asking;
    return asking;
  }

  /** A publication, in whatever order, its own or others'. */
  accept(publication: StoredPublication, context?: Context): void {
    const position = this.#position;
    if (position?.epoch === publication.epoch) {
      if (publication.offset <= position.offset) return;
      if (publication.offset === position.offset + 1) {
        this.#deliver(publication, context);
        this.#deliverAhead();
        return;
      }
    }
    this.#putAhead({ publication, context });
    // Whoever does not know yet where the topic stands is about to, unless the engine did not answer
    if (position !== undefined || this.#asking === undefined) this.catchUp();
  }

  /** What follows `since`: from those held here, else from the engine. What it tells that is news is delivered first. */
  pageAfter(since: Position): Answer<HistoryPage> {
    const held = this.#heldAfter(since);
    if (held !== undefined) return held;
    const answer = this.#host.history({ since });
    if (!(answer instanceof Promise)) return this.#learn(answer);
    return answer.then((page) => this.#learn(page));
  }

  #heldAfter({ epoch, offset }: Position): HistoryPage | undefined {
    const position = this.#position;
    if (position === undefined || position.epoch !== epoch || offset > position.offset) return undefined;
    const missing = position.offset - offset;
    if (missing > this.#recent.length) return undefined;
    const publications = missing === 0 ? [] : this.#recent.slice(-missing);
    return { ...position, publications, isComplete: true };
  }

  #caughtUp(page: HistoryPage): void {
    this.#asking = undefined;
    this.#dropOtherEpochs(page.epoch);
    if (this.#position === undefined) this.#begin(page);
    else if (page.epoch !== this.#position.epoch) this.#beginAnew(page);
    else if (!page.isComplete) this.#skipTo(page);
    else this.#learn(page);
    this.#deliverAhead();
    if (this.#mustAskAgain) this.catchUp();
  }

  #failed(error: unknown): void {
    this.#asking = undefined;
    this.#host.historyFailed(error);
  }

  /** From the first that came while the engine was asked, or from what is published next. */
  #begin(page: HistoryPage): void {
    this.#position = { epoch: page.epoch, offset: this.#offsetBeforeAhead(page) };
    this.#beginning = this.#position;
    // What came meanwhile need not be all: some of it may be on its way
    if (this.#ahead.length > 0) this.catchUp();
  }

  /** The engine lost its history: what it has now is all new. */
  #beginAnew({ epoch }: HistoryPage): void {
    this.#recent.length = 0;
    this.#position = { epoch, offset: 0 };
    this.#host.lost(this.#position);
    this.catchUp();
  }

  /** The engine has forgotten what was missed. */
  #skipTo(page: HistoryPage): void {
    this.#recent.length = 0;
    this.#position = { epoch: page.epoch, offset: this.#offsetBeforeAhead(page) };
    this.#host.lost(this.#position);
    this.#deliverAhead();
    // Between what was ahead there may be gaps, and after it more that the engine has
    if (this.#position.offset < page.offset) this.catchUp();
  }

  /** What is left of an epoch that is over, or of one that the engine does not know. */
  #dropOtherEpochs(epoch: string): void {
    this.#ahead = this.#ahead.filter(({ publication }) => publication.epoch === epoch);
  }

  #offsetBeforeAhead({ offset }: HistoryPage): number {
    const first = this.#ahead[0]?.publication.offset;
    return first === undefined ? offset : Math.min(offset, first - 1);
  }

  /** Delivers what is news in a page, whoever asked for it. */
  #learn(page: HistoryPage): HistoryPage {
    for (const publication of page.publications) {
      const position = this.#position;
      if (position?.epoch !== publication.epoch || publication.offset !== position.offset + 1) continue;
      this.#deliver(publication, this.#takeContext(publication));
    }
    this.#deliverAhead();
    return page;
  }

  #takeContext({ offset }: StoredPublication): Context | undefined {
    return this.#ahead.find(({ publication }) => publication.offset === offset)?.context;
  }

  #putAhead(added: Ahead<Context>): void {
    const { epoch, offset } = added.publication;
    const isThere = ({ publication }: Ahead<Context>) => publication.offset === offset && publication.epoch === epoch;
    if (this.#ahead.length >= MAX_AHEAD || this.#ahead.some(isThere)) return;
    const index = this.#ahead.findIndex(({ publication }) => publication.offset > offset);
    this.#ahead.splice(index < 0 ? this.#ahead.length : index, 0, added);
  }

  /** Those that are next now; what has been delivered meanwhile is dropped. */
  #deliverAhead(): void {
    while (this.#position !== undefined && this.#ahead.length > 0) {
      const { publication, context } = this.#ahead[0]!;
      const { epoch, offset } = this.#position;
      // Of another epoch, or with a gap before it: the engine is being asked
      if (publication.epoch !== epoch || publication.offset > offset + 1) return;
      this.#ahead.shift();
      if (publication.offset === offset + 1) this.#deliver(publication, context);
    }
  }

  #deliver(publication: StoredPublication, context: Context | undefined): void {
    this.#position = { epoch: publication.epoch, offset: publication.offset };
    if (this.#maxRecent > 0) {
      this.#recent.push(publication);
      if (this.#recent.length > this.#maxRecent) this.#recent.shift();
    }
    this.#host.deliver(publication, context);
  }
}
