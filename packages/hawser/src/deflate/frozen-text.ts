/**
 * The plaintext of one window, or of both windows of a connection, compressed in a store's memory against a reference.
 *
 * Both together take little more than one: answers repeat the words of requests. This file knows the codec, and no rule when
 * windows are frozen.
 */

import type { Codec } from "./codec.ts";
import type { ConnectionWindow, RestingText } from "./connection-window.ts";
import { effortOf } from "./effort.ts";
import { withoutTail } from "./message-tail.ts";
import type { Reference, References } from "./reference.ts";
import type { StoredWindow } from "./stored-window.ts";
import type { PlaceOwner, Shelf, WindowStore } from "./window-store.ts";

/** The reference is in reach. Time matters less than size where nothing happens, and more where a message waits for memory. */
const EFFORTS = {
  idle: effortOf({ windowBits: 15, level: 8, memLevel: 9 }),
  hurried: effortOf({ windowBits: 15, level: 4, memLevel: 9 }),
} as const;

/** Two windows of 15 bits. */
const MAX_TEXT = 65_536;

/** What freezing needs. */
export class Freezer {
  readonly codec: Codec;
  readonly store: WindowStore<FrozenText>;
  readonly references: References;
  /** Where texts are put together: tens of kilobytes for each would be work for the garbage collector. */
  #scratch: Uint8Array | undefined;

  constructor(codec: Codec, store: WindowStore<FrozenText>, references: References) {
    this.codec = codec;
    this.store = store;
    this.references = references;
  }

  /** The plaintext of one window, and behind it that of another, until the next call. */
  textOf(first: StoredWindow, second: StoredWindow | undefined): Uint8Array {
    this.#scratch ??= new Uint8Array(MAX_TEXT);
    const length = first.length + (second?.length ?? 0);
    first.copyTo(this.#scratch, first.length);
    second?.copyTo(this.#scratch, length);
    return this.#scratch.subarray(0, length);
  }
}

/** What a window had when it was frozen. */
export type Thawed = readonly [window: ConnectionWindow, plaintext: Uint8Array];

export class FrozenText implements PlaceOwner, RestingText {
  /** The store's to set. */
  place = 0;
  /** When the windows were last used, as their keeper counts. */
  readonly usedAt: number;
  readonly #shelf: Shelf<FrozenText>;
  readonly #reference: Reference;
  /** Bytes when compressed. */
  readonly #size: number;
  /** Where in the text the second window's begins. */
  readonly #split: number;
  #first: ConnectionWindow | undefined;
  #second: ConnectionWindow | undefined;

  /** @param place where the compressed text is to be, and its length */
  private constructor(
    { shelf, size, reference }: { shelf: Shelf<FrozenText>; size: number; reference: Reference },
    first: StoredWindow<ConnectionWindow>,
    second: StoredWindow<ConnectionWindow> | undefined,
  ) {
    this.usedAt = first.usedAt;
    this.#shelf = shelf;
    this.#reference = reference;
    this.#size = size;
    this.#split = first.length;
    this.#first = first.owner;
    this.#second = second?.owner;
  }

  /** The text of stored windows, which can be given up then; or `undefined`, if it would take no less memory. */
  static freeze(
    freezer: Freezer,
    first: StoredWindow<ConnectionWindow>,
    second: StoredWindow<ConnectionWindow> | undefined,
    pace: keyof typeof EFFORTS,
  ): FrozenText | undefined {
    const { codec, store, references } = freezer;
    const text = freezer.textOf(first, second);
    const reference = references.current;
    const compressed = withoutTail(codec.deflate(reference, EFFORTS[pace], text));
    const size = compressed.length;
    const heldBytes = first.heldBytes + (second?.heldBytes ?? 0);
    let frozen: FrozenText | undefined;
    if (size <= heldBytes && store.sizeFor(size) < heldBytes) {
      const shelf = store.shelfFor(size);
      frozen = new FrozenText({ shelf, size, reference }, first, second);
      shelf.take(frozen);
      shelf.bytesOf(frozen.place).set(compressed);
      references.hold(reference);
    }
    // This may put another reference in its place, and discard it unless it is held
    references.learn(text, size);
    return frozen;
  }

  /** What the windows had that rest here still. */
  texts(freezer: Freezer): readonly Thawed[] {
    const compressed = this.#shelf.bytesOf(this.place).subarray(0, this.#size);
    const text = freezer.codec.inflate(this.#reference, EFFORTS.idle.windowBits, compressed, MAX_TEXT);
    if (typeof text === "string") throw new Error(`A frozen window cannot be thawed: ${text}`);
    const thawed: Thawed[] = [];
    if (this.#first !== undefined) thawed.push([this.#first, text.subarray(0, this.#split)]);
    if (this.#second !== undefined) thawed.push([this.#second, text.subarray(this.#split)]);
    return thawed;
  }

  /** Gives the memory back. */
  release({ references }: Freezer): void {
    this.#first = undefined;
    this.#second = undefined;
    this.#shelf.release(this.place);
    references.letGo(this.#reference);
  }

  /** Bytes of memory taken. */
  get heldBytes(): number {
    return this.#shelf.size;
  }

  get isEmpty(): boolean {
    return this.#first === undefined && this.#second === undefined;
  }

  /** A sending window that rests here, if there is one. */
  get sending(): ConnectionWindow | undefined {
    if (this.#first?.isSending) return this.#first;
    return this.#second?.isSending ? this.#second : undefined;
  }

  /** The first of the windows counts for both. */
  heldFor(window: ConnectionWindow): number {
    return window === (this.#first ?? this.#second) ? this.#shelf.size : 0;
  }

  leave(window: ConnectionWindow): void {
    if (window === this.#first) this.#first = undefined;
    else this.#second = undefined;
  }
}
