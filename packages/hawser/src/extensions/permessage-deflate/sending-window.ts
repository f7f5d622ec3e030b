/**
 * The sliding window of what a connection is sent: plaintext of its own, and behind it a part of a log that it shares with
 * others, if it follows one.
 */

import type { DeflateEngine, Deflater, Inflater } from "../../deflate/engine.ts";
import { deflaterOptions, type PerMessageDeflateSettings } from "./settings.ts";
import type { LogFollower, SharedLog } from "./shared-log.ts";

export class SendingWindow implements LogFollower {
  // The log's notes
  place = 0;
  since = 0;
  upTo = 0;
  /** Whether its last message from the log did not shrink, and was to make the next ones shrink. */
  hasInvested = false;
  /** The other direction of the connection: an engine may put both windows away together. */
  companion: Inflater | undefined;
  readonly #settings: PerMessageDeflateSettings;
  readonly #engine: DeflateEngine;
  /** Made when there is something to keep: whoever follows a log for long has none. */
  #deflater: Deflater | undefined;
  #log: SharedLog | undefined;

  constructor(settings: PerMessageDeflateSettings, engine: DeflateEngine, companion: Inflater | undefined) {
    this.#settings = settings;
    this.#engine = engine;
    this.companion = companion;
  }

  /** What keeps the plaintext of its own, if there is any. */
  get deflater(): Deflater | undefined {
    return this.#deflater;
  }

  /** Bytes of plaintext that the connection holds for itself. */
  get heldBytes(): number {
    return this.#deflater?.heldBytes ?? 0;
  }

  /** Compresses against all of the window. */
  deflate(payload: Uint8Array): Uint8Array {
    // What is not sent in the end does not take a follower out of step
    if (this.#log?.isWindowOf(this)) return this.#log.deflate(payload, this.#log.windowSize);
    this.leave();
    return this.#own().deflate(payload);
  }

  /** All of the window's plaintext, in memory of its own. */
  copyWindow(): Uint8Array {
    this.leave();
    return this.#own().copyWindow();
  }

  /** Adds plaintext that was sent to this connection alone. */
  append(payload: Uint8Array): void {
    this.leave();
    this.#own().append(payload);
  }

  /** Forgets all plaintext. */
  reset(): void {
    this.#forgetLog();
    this.#forgetOwn();
  }

  /** How many of the log's last bytes are the last of this window, `undefined` if others came after them. */
  reachInto(log: SharedLog, end: number): number | undefined {
    return this.#log === log && this.upTo === end ? end - this.since : undefined;
  }

  /** The log's bytes from `start` on were sent to this connection. */
  follow(log: SharedLog, start: number): void {
    const replaces = log.end - start >= log.windowSize;
    if (this.reachInto(log, start) === undefined) {
      if (replaces) this.#forgetLog();
      else this.leave();
      log.add(this, start);
      this.#log = log;
    }
    this.upTo = log.end;
    if (this.upTo - this.since >= log.windowSize) this.#forgetOwn();
  }

  leave(): void {
    const log = this.#log;
    if (log === undefined) return;
    log.copyTo(this.#own(), this);
    this.#forgetLog();
  }

  #forgetLog(): void {
    this.#log?.remove(this);
    this.#log = undefined;
  }

  #forgetOwn(): void {
    // An engine may hold windows in memory of its own
    this.#deflater?.reset();
    this.#deflater = undefined;
  }

  #own(): Deflater {
    this.#deflater ??= this.#engine.createDeflater(deflaterOptions(this.#settings), this.companion);
    return this.#deflater;
  }
}
