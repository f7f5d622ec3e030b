/**
 * Which windows' strings the codec keeps entered: those of a few dozen connections that deflate again and again.
 *
 * The codec has a number of tables. The first is everybody's: who finds another's strings in it enters his own. The others
 * have owners. A window gets one if it comes back soon, and keeps it as long as it does; so many connections in turn leave
 * the tables alone, which would only drive each other out of the processor's caches. "Soon" is counted in deflations.
 *
 * Windows are known by their numbers: nothing here keeps one alive, and the table of one that is gone falls silent.
 */

/** The codec's tables with an owner; there is one more. */
const OWNED_TABLES = 32;
/** Deflations within which a window that comes back is a busy one, and after which an owner is silent. */
const SOON = 48;
/** Windows of which it is known when they deflated last; a power of two. */
const REMEMBERED = 256;

/** The number of what is a window for one call: its strings are not kept. */
export const NOBODY = 0;

/** What there is to know of a window. */
export interface HotWindow {
  /** Tells the windows of a thread apart: a whole number from 1, or {@link NOBODY}. */
  readonly id: number;
  /** Bytes of the stream so far, modulo 2 ** 32. */
  readonly position: number;
}

/** A table of the codec's, and whose strings it has. */
export class EnteredTable {
  readonly index: number;
  #id: number = NOBODY;
  #effort: unknown;
  #position = 0;
  #length = 0;
  /** When its window deflated last. */
  usedAt = Number.NEGATIVE_INFINITY;

  constructor(index: number) {
    this.index = index;
  }

  get id(): number {
    return this.#id;
  }

  /**
   * Bytes at the window's end that are not entered. A message's strings are entered as it is deflated: if as many bytes were
   * appended since, it is taken to be that message. Were it another, there would be worse guesses, and nothing else.
   */
  missing({ id, position }: HotWindow, effort: unknown): number {
    if (id === NOBODY || id !== this.#id || effort !== this.#effort) return Number.POSITIVE_INFINITY;
    const appended = (position - this.#position) >>> 0;
    return appended === this.#length ? 0 : appended;
  }

  /** From now on it has the strings of a window, and of a message of `length` bytes that may come behind. */
  enter({ id, position }: HotWindow, effort: unknown, length: number, now: number): void {
    this.#id = id;
    this.#effort = effort;
    this.#position = position;
    this.#length = length;
    this.usedAt = now;
  }

  /** What it has is not all of a window: its owner enters it anew. */
  forget(): void {
    this.#effort = undefined;
  }
}

export class HotWindows {
  readonly #common = new EnteredTable(0);
  readonly #owned = Array.from({ length: OWNED_TABLES }, (_, at) => new EnteredTable(at + 1));
  readonly #tables = new Map<number, EnteredTable>();
  /** The windows that deflated lately, each at a place that it shares with others, and when. */
  readonly #ids = new Float64Array(REMEMBERED);
  readonly #times = new Float64Array(REMEMBERED);
  /** Deflations so far. */
  #now = 0;

  /** Counts a deflation of a window, and says which table to use for it. */
  tableFor({ id }: HotWindow): EnteredTable {
    const now = ++this.#now;
    if (id === NOBODY) return this.#common;
    const place = id & (REMEMBERED - 1);
    const isBack = this.#ids[place] === id && now - this.#times[place]! <= SOON;
    this.#ids[place] = id;
    this.#times[place] = now;
    return this.#tables.get(id) ?? (isBack && id !== this.#common.id ? this.#admit(id) : this.#common);
  }

  get now(): number {
    return this.#now;
  }

  /** The first table whose owner is silent: so no more memory is touched than there are busy windows. */
  #admit(id: number): EnteredTable {
    const free = this.#owned.find(({ usedAt }) => this.#now - usedAt > SOON);
    if (free === undefined) return this.#common;
    this.#tables.delete(free.id);
    this.#tables.set(id, free);
    return free;
  }
}
