/**
 * The windows of many connections under common rules: those that nobody uses are frozen, and all together keep to a budget.
 *
 * There is no clock here: whoever has one calls {@link WindowSpace.age} when a part of the time has passed after which a window
 * is cold, and {@link WindowSpace.relax} until it is done. Windows are frozen and thawed between two calls of the codec.
 */

import type { Codec } from "./codec.ts";
import type { ConnectionWindow, RestingText, WindowKeeper } from "./connection-window.ts";
import { Freezer, FrozenText, type Thawed } from "./frozen-text.ts";
import { References } from "./reference.ts";
import { StoredWindow, type WindowMemory } from "./stored-window.ts";
import type { WindowMetrics } from "./window-metrics.ts";
import { FINE_SIZES, type PlaceOwner, type Shelf, StoreWalk, WINDOW_SIZES, WindowStore } from "./window-store.ts";

/** How often {@link WindowSpace.age} is called in the time after which a window is cold. */
export const AGES = 4;

/** What is done at most before somebody else gets a turn: windows looked at, and bytes of plaintext compressed. */
const MAX_VISITS = 1_024;
const MAX_WORK = 32_768;
/** For want of memory, the longest idle of so many windows are frozen or shrunk: to know the longest idle of all costs more. */
const SAMPLE = 64;
/** Sending windows that are shrunk at a time. */
const MAX_SHRUNK = 16;

/** A window in use, or one that may be frozen. */
type Stored = StoredWindow<ConnectionWindow>;

export interface WindowSpaceOptions {
  readonly codec: Codec;
  /** Bytes for all windows. @default Infinity */
  readonly memoryBudget?: number;
  /** There was no window in use, and now there is one. */
  readonly onAwake?: () => void;
}

export class WindowSpace implements WindowKeeper, WindowMemory<ConnectionWindow> {
  readonly codec: Codec;
  epoch = 0;
  readonly #memoryBudget: number;
  readonly #onAwake: () => void;
  readonly #warm: WindowStore<Stored> = new WindowStore(WINDOW_SIZES);
  readonly #cold: WindowStore<FrozenText> = new WindowStore(FINE_SIZES);
  readonly #freezer: Freezer;
  /** Windows that hold plaintext; those of them that may be frozen yet, and those that are. */
  #windows = 0;
  #awake = 0;
  #frozen = 0;
  #sharedBytes = 0;
  readonly #totals = { frozen: 0, thawed: 0, shrunk: 0, declined: 0 };
  /** The epochs that ended with the last ages, oldest first. */
  readonly #ends: number[] = [];
  /** What was last used in this epoch or before is cold, and what goes with it. Only while a walk is under way. */
  #due: { readonly epoch: number; readonly companions: number } | undefined;
  readonly #walk = new StoreWalk(this.#warm);
  readonly #warmSamples = new StoreWalk(this.#warm);
  readonly #coldSamples = new StoreWalk(this.#cold);

  constructor({ codec, memoryBudget = Number.POSITIVE_INFINITY, onAwake = () => {} }: WindowSpaceOptions) {
    this.codec = codec;
    this.#memoryBudget = memoryBudget;
    this.#onAwake = onAwake;
    this.#freezer = new Freezer(codec, this.#cold, new References(memoryBudget));
  }

  /** Bytes that all windows hold, and what frozen ones need. */
  get heldBytes(): number {
    const own = this.#warm.usedBytes + this.#cold.usedBytes;
    return own + this.#sharedBytes + this.#freezer.references.heldBytes;
  }

  /** Whether there is a window that may become cold. */
  get isAwake(): boolean {
    return this.#awake > 0;
  }

  metrics(): WindowMetrics {
    return {
      windows: this.#windows,
      coldWindows: this.#frozen,
      heldBytes: this.heldBytes,
      coldBytes: this.#cold.usedBytes,
      sharedBytes: this.#sharedBytes,
      memoryBudget: this.#memoryBudget,
      ...this.#totals,
    };
  }

  // Cold windows

  /** A part of the time has passed after which a window is cold: there are {@link AGES} of them. */
  age(): void {
    this.#ends.push(this.epoch);
    this.epoch = (this.epoch + 1) | 0;
    if (this.#ends.length <= AGES) return;
    // A companion that is used now and then must not be parted from a window that goes cold a moment earlier
    this.#due = { epoch: this.#ends.shift()!, companions: this.#ends[AGES / 2 - 1]! };
  }

  /** Freezes some of the windows that are cold. Whether that is all of them. */
  relax(): boolean {
    let work = 0;
    for (let visits = 0; this.#due !== undefined && visits < MAX_VISITS && work < MAX_WORK; visits++) {
      const window = this.#walk.next();
      if (window === undefined) this.#due = undefined;
      else if (!window.isSettled && !isAfter(window.usedAt, this.#due.epoch)) {
        work += this.#freeze(window, this.#companionOf(window, this.#due.companions), "idle");
      }
    }
    return this.#due === undefined;
  }

  /** The other direction's window, if both are to be frozen together. */
  #companionOf(window: Stored, epoch: number): Stored | undefined {
    const { companion } = window.owner;
    const content = companion?.content;
    if (content === undefined || isAfter(content.usedAt, epoch)) return undefined;
    if (content instanceof FrozenText) unlessMemoryIsShort(() => this.#thaw(content, window));
    return isFreezable(companion!.content) ? companion!.content : undefined;
  }

  /** Freezes a window, or two. The bytes of plaintext. */
  #freeze(first: Stored, second: Stored | undefined, pace: "idle" | "hurried"): number {
    const windows = second === undefined ? [first] : [first, second];
    const work = first.length + (second?.length ?? 0);
    const frozen = unlessMemoryIsShort(() => FrozenText.freeze(this.#freezer, first, second, pace));
    this.#awake -= windows.length;
    for (const window of windows) {
      if (frozen === undefined) window.isSettled = true;
      else this.#rest(window, frozen);
    }
    return work;
  }

  #rest(window: Stored, frozen: FrozenText): void {
    window.owner.content = frozen;
    window.reset();
    this.#frozen++;
    this.#totals.frozen++;
  }

  /** Stores again what rests in a text, but for senders' windows when there is no memory. */
  #thaw(frozen: FrozenText, busy: Stored | undefined): void {
    const texts = frozen.texts(this.#freezer);
    const size = texts.reduce((sum, [, { length }]) => sum + this.#warm.sizeFor(length), 0);
    const hasRoom = this.#makeRoom(size - frozen.heldBytes, busy, frozen);
    this.#wake(
      frozen,
      texts.filter(([owner]) => hasRoom || !owner.isSending),
    );
    this.#totals.thawed += texts.length;
    for (const [owner] of texts) if (owner.content === frozen) this.#giveUp(owner);
  }

  /** Stores texts that rest no longer: all of them, or none if memory cannot be had. */
  #wake(frozen: FrozenText, texts: readonly Thawed[]): readonly Stored[] {
    const windows: Stored[] = [];
    try {
      for (const text of texts) windows.push(this.#filled(text));
    } catch (error) {
      for (const window of windows) window.reset();
      throw error;
    }
    frozen.release(this.#freezer);
    for (const window of windows) {
      window.owner.content = window;
      this.#frozen--;
      this.#wakes();
    }
    return windows;
  }

  #filled([owner, plaintext]: Thawed): Stored {
    const window = new StoredWindow(owner, owner.windowBits, this);
    window.fill(plaintext, this.#warm.shelfFor(plaintext.length));
    window.usedAt = this.epoch;
    return window;
  }

  #giveUp(owner: ConnectionWindow): void {
    this.#frozen--;
    this.#windows--;
    this.#totals.shrunk++;
    owner.content = undefined;
  }

  #wakes(): void {
    this.#awake++;
    if (this.#awake === 1) this.#onAwake();
  }

  // What windows ask for

  open(owner: ConnectionWindow): Stored {
    const window = new StoredWindow(owner, owner.windowBits, this);
    window.usedAt = this.epoch;
    owner.content = window;
    this.#windows++;
    this.#wakes();
    return window;
  }

  shelfFor(length: number, window: Stored): Shelf | undefined {
    const shelf = this.#warm.shelfFor(length);
    const hasRoom = this.#makeRoom(shelf.size - window.heldBytes, window);
    return hasRoom || !window.owner.isSending ? shelf : undefined;
  }

  unsettle(window: Stored): void {
    window.isSettled = false;
    this.#wakes();
  }

  thaw(text: RestingText): void {
    if (text instanceof FrozenText) this.#thaw(text, undefined);
  }

  forgotten(content: Stored | RestingText): void {
    this.#windows--;
    if (content instanceof FrozenText) {
      this.#frozen--;
      if (content.isEmpty) content.release(this.#freezer);
    } else if (content instanceof StoredWindow && !content.isSettled) this.#awake--;
  }

  // The budget

  /** What connections have in common takes so many bytes more, or less. */
  holdShared(bytes: number): void {
    if (bytes > 0) this.#makeRoom(bytes, undefined);
    this.#sharedBytes += bytes;
  }

  /** Whether there may be windows of so many bytes together that must stay whole. */
  admits(bytes: number): boolean {
    return bytes <= this.#memoryBudget && this.#makeRoom(bytes, undefined);
  }

  /** An offer was declined, because it was not admitted. */
  declined(): void {
    this.#totals.declined++;
  }

  /**
   * Whether there is memory for `bytes` more. Makes room where there is not: windows are frozen although they are not cold,
   * and then sending windows are given up, those first that have been idle for longest. An eighth more than is needed is
   * freed, and what is done at once is limited.
   *
   * @param busy is needed now
   * @param thawing is about to be stored again
   */
  #makeRoom(bytes: number, busy: Stored | undefined, thawing?: FrozenText): boolean {
    const before = this.heldBytes;
    const missing = before + bytes - this.#memoryBudget;
    if (missing <= 0) return true;
    this.epoch = (this.epoch + 1) | 0;
    const enough = before - missing - (missing >> 3);
    this.#freezeIdlest(enough, busy);
    if (this.heldBytes > enough) this.#shrinkIdlest(enough, busy, thawing);
    return this.heldBytes + bytes <= this.#memoryBudget;
  }

  #freezeIdlest(enough: number, busy: Stored | undefined): void {
    let work = 0;
    for (const window of this.#idlestFirst(sampleOf(this.#warmSamples, SAMPLE))) {
      if (this.heldBytes <= enough || work >= MAX_WORK) return;
      // It may have been frozen with its companion a moment ago
      if (window === busy || window.owner.content !== window || !isFreezable(window)) continue;
      const companion = window.owner.companion?.content;
      work += this.#freeze(window, companion !== busy && isFreezable(companion) ? companion : undefined, "hurried");
    }
  }

  #shrinkIdlest(enough: number, busy: Stored | undefined, thawing: FrozenText | undefined): void {
    const stored = sampleOf(this.#warmSamples, SAMPLE).filter(({ owner }) => owner.isSending);
    const frozen = sampleOf(this.#coldSamples, SAMPLE).filter(({ sending }) => sending !== undefined);
    let [shrunk, work] = [0, 0];
    for (const content of this.#idlestFirst<Stored | FrozenText>([...stored, ...frozen])) {
      if (this.heldBytes <= enough || shrunk >= MAX_SHRUNK || work >= MAX_WORK) return;
      if (content === busy || content === thawing) continue;
      work += content instanceof FrozenText ? this.#shrinkFrozen(content) : this.#shrink(content.owner);
      shrunk++;
    }
  }

  #idlestFirst<Content extends { readonly usedAt: number }>(contents: Content[]): Content[] {
    const idleFor = ({ usedAt }: Content) => (this.epoch - usedAt) | 0;
    return contents.sort((one, other) => idleFor(other) - idleFor(one));
  }

  #shrink(owner: ConnectionWindow): number {
    this.#totals.shrunk++;
    owner.reset();
    return 0;
  }

  /** What is left of the text is smaller without the sending window. The bytes of plaintext that it takes to know that. */
  #shrinkFrozen(frozen: FrozenText): number {
    this.#shrink(frozen.sending!);
    if (frozen.isEmpty) return 0;
    const woken = unlessMemoryIsShort(() => this.#wake(frozen, frozen.texts(this.#freezer))) ?? [];
    return woken.reduce((work, window) => work + this.#freeze(window, undefined, "hurried"), 0);
  }
}

/** What `task` makes; `undefined` if memory for it cannot be had: then everything is as it was. */
function unlessMemoryIsShort<Result>(task: () => Result): Result | undefined {
  try {
    return task();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The next owners on a walk, each of them once if there are no more than `count`. */
function sampleOf<Owner extends PlaceOwner>(walk: StoreWalk<Owner>, count: number): Owner[] {
  const owners = new Set<Owner>();
  for (let [visits, ends] = [0, 0]; visits < count && ends < 2; visits++) {
    const owner = walk.next();
    if (owner === undefined) ends++;
    else owners.add(owner);
  }
  return [...owners];
}

/** Whether one epoch comes after another; they count on modulo 2 ** 32. */
function isAfter(epoch: number, other: number): boolean {
  return ((epoch - other) | 0) > 0;
}

function isFreezable(content: Stored | RestingText | undefined): content is Stored {
  return content instanceof StoredWindow && content.length > 0 && !content.isSettled;
}
