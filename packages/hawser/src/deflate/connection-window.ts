/**
 * The window of one direction of a connection, wherever its plaintext is: in a place of its own while it is used, and
 * somewhere smaller when it was not used for a while. This is all that stays of an idle window, so it has few fields.
 */

import type { Codec } from "./codec.ts";
import { StoredWindow } from "./stored-window.ts";

/** The plaintext of windows that nobody uses. */
export interface RestingText {
  /** When they were last used, as the keeper counts. */
  readonly usedAt: number;
  /** Bytes of memory that are held for this window. */
  heldFor(window: ConnectionWindow): number;
  /** The window is forgotten. */
  leave(window: ConnectionWindow): void;
}

/** Who keeps windows. */
export interface WindowKeeper {
  /** What the windows are for. */
  readonly codec: Codec;
  /** Counts on from time to time. */
  readonly epoch: number;
  /** A window for its first plaintext. */
  open(window: ConnectionWindow): StoredWindow<ConnectionWindow>;
  /** The window is in use again, though there was nothing to do about it until now. */
  unsettle(stored: StoredWindow<ConnectionWindow>): void;
  /** What rests in the text is needed: it is stored again from now on, or forgotten if it can be done without. */
  thaw(text: RestingText): void;
  /** The window has forgotten its plaintext. */
  forgotten(content: StoredWindow<ConnectionWindow> | RestingText): void;
}

export abstract class ConnectionWindow {
  /** Base-2 logarithm of the most bytes to keep, 8 to 15. */
  abstract readonly windowBits: number;
  /** A sender may keep less than was agreed, a receiver may not. */
  abstract readonly isSending: boolean;
  /** The window of the same connection's other direction. */
  companion: ConnectionWindow | undefined;
  /** The keeper's to set: where the plaintext is, if there is any. */
  content: StoredWindow<ConnectionWindow> | RestingText | undefined;
  protected readonly keeper: WindowKeeper;

  constructor(keeper: WindowKeeper, companion: ConnectionWindow | undefined) {
    this.keeper = keeper;
    this.content = undefined;
    this.companion = companion;
    if (companion !== undefined) companion.companion = this;
  }

  /** Bytes of memory taken. */
  get heldBytes(): number {
    const { content } = this;
    if (content === undefined) return 0;
    return content instanceof StoredWindow ? content.heldBytes : content.heldFor(this);
  }

  /** The plaintext, which is about to be used; `undefined`: there is none. Not to be called while the codec is at work. */
  stored(): StoredWindow<ConnectionWindow> | undefined {
    if (this.content !== undefined && !(this.content instanceof StoredWindow)) this.keeper.thaw(this.content);
    const stored = this.content as StoredWindow<ConnectionWindow> | undefined;
    if (stored === undefined) return undefined;
    stored.usedAt = this.keeper.epoch;
    if (stored.isSettled) this.keeper.unsettle(stored);
    return stored;
  }

  /** Adds plaintext and forgets what falls out of the window. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const stored = this.stored() ?? this.keeper.open(this);
    stored.append(bytes);
    if (stored.length === 0) this.reset();
  }

  /** The plaintext, oldest byte first, in memory of its own. */
  copyWindow(): Uint8Array {
    return this.stored()?.copy() ?? new Uint8Array(0);
  }

  /** Forgets the plaintext and gives the memory back. */
  reset(): void {
    const { content } = this;
    if (content === undefined) return;
    this.content = undefined;
    if (content instanceof StoredWindow) content.reset();
    else content.leave(this);
    this.keeper.forgotten(content);
  }
}
