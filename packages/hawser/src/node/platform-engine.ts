/**
 * The DEFLATE engine that connections of this thread use: this library's own, or Node's zlib where WebAssembly or its vectors
 * are missing, as under `node --jitless`. The codec is one for the thread; windows belong to spaces, each with rules of its own.
 * All are made for the first connection that compresses, since that takes some milliseconds. Large messages go to Node's zlib
 * in either case, on its thread pool.
 */

import type { Codec } from "../deflate/codec.ts";
import type { DeflateEngine, DeflatePool } from "../deflate/engine.ts";
import { createVectorCodec, VectorEngine } from "../deflate/vector-engine.ts";
import type { WindowMetrics } from "../deflate/window-metrics.ts";
import { DEFAULT_COLD_AFTER, type WindowRules } from "../extensions/permessage-deflate/options.ts";
import { type Clock, systemClock } from "./clock.ts";
import { keepMessage } from "./message-memory.ts";
import { WindowCooling } from "./window-cooling.ts";
import { zlibEngine } from "./zlib-engine.ts";
import { zlibPool } from "./zlib-pool.ts";

let codec: { readonly own: Codec | undefined } | undefined;

function threadCodec(): Codec | undefined {
  codec ??= { own: createVectorCodec({ keep: keepMessage }) };
  return codec.own;
}

const NOTHING = {
  windows: 0,
  coldWindows: 0,
  heldBytes: 0,
  coldBytes: 0,
  sharedBytes: 0,
  frozen: 0,
  thawed: 0,
  shrunk: 0,
  declined: 0,
};

/** An engine whose windows share memory under rules of their own. Node's zlib knows no rules, and no metrics. */
export class PlatformEngine implements DeflateEngine {
  readonly pool: DeflatePool = zlibPool;
  readonly #rules: WindowRules;
  readonly #clock: Clock;
  #made: DeflateEngine | undefined;

  constructor(rules: WindowRules, clock: Clock = systemClock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  createDeflater(...args: Parameters<DeflateEngine["createDeflater"]>): ReturnType<DeflateEngine["createDeflater"]> {
    return this.#engine().createDeflater(...args);
  }

  createInflater(...args: Parameters<DeflateEngine["createInflater"]>): ReturnType<DeflateEngine["createInflater"]> {
    return this.#engine().createInflater(...args);
  }

  admits(bytes: number): boolean {
    if (this.#rules.memoryBudget === Number.POSITIVE_INFINITY) return true;
    return this.#engine().admits?.(bytes) ?? true;
  }

  holdShared(bytes: number): void {
    this.#engine().holdShared?.(bytes);
  }

  declined(): void {
    this.#engine().declined?.();
  }

  /** What windows hold; `undefined` where Node's zlib takes the place of our own engine. */
  metrics(): WindowMetrics | undefined {
    if (this.#made instanceof VectorEngine) return this.#made.space.metrics();
    return threadCodec() && { ...NOTHING, memoryBudget: this.#rules.memoryBudget };
  }

  #engine(): DeflateEngine {
    this.#made ??= this.#make();
    return this.#made;
  }

  #make(): DeflateEngine {
    const own = threadCodec();
    if (own === undefined) return zlibEngine;
    const { coldAfter, memoryBudget } = this.#rules;
    if (coldAfter === Number.POSITIVE_INFINITY) return new VectorEngine({ codec: own, memoryBudget });
    const cooling = new WindowCooling(coldAfter, this.#clock);
    const engine: VectorEngine = new VectorEngine({
      codec: own,
      memoryBudget,
      onAwake: () => cooling.start(engine.space),
    });
    return engine;
  }
}

/** For those who have no rules of their own. */
export const platformEngine: PlatformEngine = new PlatformEngine({
  coldAfter: DEFAULT_COLD_AFTER,
  memoryBudget: Number.POSITIVE_INFINITY,
});
