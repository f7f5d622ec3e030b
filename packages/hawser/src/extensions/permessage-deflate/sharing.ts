/**
 * Compressed once, sent to many (RFC 7692, section 7.2.1), also where every connection keeps its context.
 *
 * A message compressed without context refers to nothing outside itself, so whoever has a window as large can inflate it. One
 * compressed against the last bytes of what its audience was sent is right for all who have got these bytes last. So each
 * message is compressed for a few lengths of common past, at most, whatever the number of receivers.
 */

import type { DeflateEngine } from "../../deflate/engine.ts";
import { withoutTail } from "../../deflate/message-tail.ts";
import type { ExtensionSharing, SharedEncoding, SharedHistory } from "../../protocol/extension.ts";
import { Attempts, isMuchShorter, MAX_SAMPLE } from "./attempts.ts";
import { PERMESSAGE_DEFLATE } from "./parameters.ts";
import type { SendingWindow } from "./sending-window.ts";
import { deflaterOptions, type PerMessageDeflateSettings } from "./settings.ts";
import { SharedLog } from "./shared-log.ts";

/**
 * Whoever has not all of the past in common with the others is given one of these parts of a window, or nothing: so there are
 * six encodings of a message at most. Small messages gain by a few dozen bytes already.
 */
const PARTS = [2, 6, 20, 64] as const;

/** How encodings are made that a group of connections can share. */
interface SharedSettings {
  readonly settings: PerMessageDeflateSettings;
  readonly engine: DeflateEngine;
}

/** The part of one connection. */
export class DeflateSharing implements ExtensionSharing {
  readonly key: string;
  readonly window: SendingWindow;
  readonly settings: PerMessageDeflateSettings;
  readonly #engine: DeflateEngine;

  constructor(settings: PerMessageDeflateSettings, engine: DeflateEngine, window: SendingWindow) {
    this.key = keyOf(settings);
    this.window = window;
    this.settings = settings;
    this.#engine = engine;
  }

  get keepsContext(): boolean {
    return !this.settings.sending.noContextTakeover;
  }

  encode(payload: Uint8Array, compress: boolean | undefined): SharedEncoding {
    return new DeflateEncoding({ settings: this.settings, engine: this.#engine }, payload, compress, undefined);
  }

  createHistory(): SharedHistory {
    return new DeflateHistory({ settings: this.settings, engine: this.#engine });
  }
}

class DeflateHistory implements SharedHistory {
  readonly attempts: Attempts = new Attempts();
  readonly log: SharedLog;
  readonly #shared: SharedSettings;
  #current: DeflateEncoding | undefined;

  constructor(shared: SharedSettings) {
    this.#shared = shared;
    this.log = new SharedLog(shared.engine, deflaterOptions(shared.settings));
  }

  encode(payload: Uint8Array, compress: boolean | undefined): SharedEncoding {
    // Somebody broadcasts while a broadcast is under way: the rest of it goes on without context
    this.#current?.end();
    this.#current = new DeflateEncoding(this.#shared, payload, compress, this);
    return this.#current;
  }

  ended(): void {
    this.#current = undefined;
  }
}

class DeflateEncoding implements SharedEncoding {
  readonly #shared: SharedSettings;
  readonly #payload: Uint8Array;
  readonly #compress: boolean | undefined;
  /** Until all have been sent the message; without one, nothing before it is referred to. */
  #history: DeflateHistory | undefined;
  /** What the message may refer to: the log up to where it ended before. */
  readonly #log: SharedLog | undefined;
  readonly #past: number;
  /** Whether somebody got the message, so that it is in the log. */
  #isLogged = false;
  /** Whether there is memory for the log. */
  #isLogPossible: boolean | undefined;
  /** By the length of the past that is referred to. */
  readonly #compressed: Map<number, Uint8Array> = new Map();
  #isTried: boolean | undefined;
  #isWorthContext: boolean | undefined;
  #hasSucceeded = false;

  constructor(
    shared: SharedSettings,
    payload: Uint8Array,
    compress: boolean | undefined,
    history: DeflateHistory | undefined,
  ) {
    this.#shared = shared;
    this.#payload = payload;
    this.#compress = compress;
    this.#history = history;
    this.#log = history?.log;
    this.#past = this.#log?.end ?? 0;
    this.#log?.hold(true);
  }

  encodeFor(receiver: ExtensionSharing): Uint8Array | undefined {
    if (!(receiver instanceof DeflateSharing) || !this.#isWorthTrying(receiver)) return undefined;
    const reach = this.#reachOf(receiver);
    const compressed = this.#compressedAgainst(reach ?? 0);
    if (compressed.length < this.#payload.length) return compressed;
    return this.#mayInvest(receiver, reach) ? compressed : undefined;
  }

  sent(receiver: ExtensionSharing, encoded: Uint8Array): void {
    const { window, keepsContext } = receiver as DeflateSharing;
    this.#hasSucceeded = true;
    if (!keepsContext) return;
    try {
      if (this.#history === undefined || !this.#mayFollow(this.#log!)) window.append(this.#payload);
      else this.#follow(window, encoded);
    } catch (error) {
      // It is sent and not in the window, so nothing before it may be referred to
      window.reset();
      throw error;
    }
  }

  encodeForLater(receiver: ExtensionSharing): Uint8Array | undefined {
    if (!(receiver instanceof DeflateSharing) || !this.#isWorthTrying(receiver)) return undefined;
    const compressed = this.#compressedAgainst(0);
    if (compressed.length >= this.#payload.length) return undefined;
    this.#hasSucceeded = true;
    return compressed;
  }

  sentLater(receiver: ExtensionSharing): void {
    const { window, keepsContext } = receiver as DeflateSharing;
    if (keepsContext) window.append(this.#payload);
  }

  end(): void {
    const history = this.#history;
    if (history === undefined) return;
    this.#history = undefined;
    if (this.#isLogged) this.#log!.settle(this.#payload);
    this.#log!.hold(false);
    if (this.#hasSucceeded) history.attempts.succeeded();
    else if (this.#compressed.size > 0) history.attempts.failed(this.#payload);
    history.ended();
  }

  #mayFollow(log: SharedLog): boolean {
    this.#isLogPossible ??= log.isPossible;
    return this.#isLogPossible;
  }

  #follow(window: SendingWindow, encoded: Uint8Array): void {
    if (!this.#isLogged) this.#log!.append(this.#payload);
    this.#isLogged = true;
    window.follow(this.#log!, this.#past);
    window.hasInvested = encoded.length >= this.#payload.length;
  }

  #isWorthTrying({ settings }: DeflateSharing): boolean {
    if (this.#compress !== undefined) return this.#compress;
    if (this.#payload.length < settings.effort.threshold) return false;
    this.#isTried ??= this.#history?.attempts.take() ?? true;
    return this.#isTried;
  }

  /** How much of the past the receiver's window ends with, in one of a few lengths; `undefined` if other bytes are last there. */
  #reachOf({ window, keepsContext }: DeflateSharing): number | undefined {
    if (this.#history === undefined || !keepsContext) return undefined;
    const common = window.reachInto(this.#log!, this.#past);
    return common === undefined ? undefined : this.#pastWithin(common);
  }

  #pastWithin(common: number): number {
    const { windowSize } = this.#log!;
    const whole = Math.min(this.#past, windowSize);
    if (common >= whole) return whole;
    for (const divisor of PARTS) {
      const part = Math.floor(windowSize / divisor);
      if (part <= common) return part;
    }
    return 0;
  }

  #compressedAgainst(reach: number): Uint8Array {
    let compressed = this.#compressed.get(reach);
    if (compressed === undefined) {
      const deflated = reach === 0 ? this.#deflateAlone() : this.#log!.deflate(this.#payload, reach);
      compressed = withoutTail(deflated);
      this.#compressed.set(reach, compressed);
    }
    return compressed;
  }

  #deflateAlone(): Uint8Array {
    return createDeflater(this.#shared).deflate(this.#payload);
  }

  /** Whether to send compressed what does not shrink: it makes the next ones shrink. Whoever joins does so once. */
  #mayInvest({ window, keepsContext }: DeflateSharing, reach: number | undefined): boolean {
    if (!keepsContext || (reach === undefined && window.hasInvested)) return false;
    this.#isWorthContext ??= this.#judgeContext();
    return this.#isWorthContext;
  }

  #judgeContext(): boolean {
    const { length } = this.#payload;
    if (this.#history === undefined || length > MAX_SAMPLE) return false;
    const whole = Math.min(this.#past, this.#log!.windowSize);
    if (whole > 0 && isMuchShorter(this.#compressedAgainst(whole).length, length)) return true;
    return this.#history.attempts.isWorthContext(this.#payload, () => createDeflater(this.#shared));
  }
}

function createDeflater({ settings, engine }: SharedSettings): ReturnType<DeflateEngine["createDeflater"]> {
  return engine.createDeflater(deflaterOptions(settings));
}

/** The same strings again and again: a connection need not keep one of its own. */
const keys = new Map<string, string>();

/** All that decides the bytes of an encoding. */
function keyOf(settings: PerMessageDeflateSettings): string {
  const { windowBits, level, memLevel, strategy } = deflaterOptions(settings);
  const key = `${PERMESSAGE_DEFLATE}/${windowBits}/${level}/${memLevel}/${strategy}`;
  if (!keys.has(key)) keys.set(key, key);
  return keys.get(key)!;
}
