/**
 * An engine whose windows have all become cold before each call, so that every call finds them frozen.
 */

import type { DeflateEngine, Deflater, Inflater } from "../src/deflate/engine.ts";
import type { VectorEngine } from "../src/deflate/vector-engine.ts";
import { AGES, type WindowSpace } from "../src/deflate/window-space.ts";

/** Lets all the time pass after which windows are cold, and freezes those that are. */
export function coolDown(space: WindowSpace): void {
  for (let age = 0; age <= AGES; age++) space.age();
  while (!space.relax());
}

export function restingEngine(engine: VectorEngine): DeflateEngine {
  const rested = <Direction extends Deflater | Inflater>(direction: Direction): Direction =>
    new Proxy(direction, {
      get(target, name) {
        coolDown(engine.space);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const made = new WeakMap<object, Deflater | Inflater>();
  const remembered = <Direction extends Deflater | Inflater>(direction: Direction): Direction => {
    const proxy = rested(direction);
    made.set(proxy, direction);
    return proxy;
  };
  return {
    createDeflater: (options, companion) =>
      remembered(engine.createDeflater(options, companion && (made.get(companion) as Inflater))),
    createInflater: (options, companion) =>
      remembered(engine.createInflater(options, companion && (made.get(companion) as Deflater))),
  };
}
