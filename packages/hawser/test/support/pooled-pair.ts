/**
 * Two connections that are joined in memory and compress, one of which gives its large messages to a pool that works when the
 * test says so.
 */

import type { DeflateEngine, DeflatePool } from "../../src/deflate/engine.ts";
import { clientPerMessageDeflate, serverPerMessageDeflate } from "../../src/extensions/permessage-deflate/factories.ts";
import type { PerMessageDeflateOptions } from "../../src/extensions/permessage-deflate/options.ts";
import type { Connection } from "../../src/node/connection.ts";
import type { ConnectionOptions } from "../../src/node/connection-options.ts";
import { platformEngine } from "../../src/node/platform-engine.ts";
import { TimingWheel } from "../../src/node/timing-wheel.ts";
import { zlibEngine } from "../../src/node/zlib-engine.ts";
import type { Role } from "../../src/protocol/settings.ts";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { createClientConnection, createServerConnection } from "../../src/testing/memory-connection.ts";
import { shakeHands } from "../../src/testing/memory-handshake.ts";
import { type LinkOptions, MemoryLink } from "../../src/testing/memory-transport.ts";

/** Does each task with the payload as it then is, so that one who changes it meanwhile is found out. */
export class ManualPool implements DeflatePool {
  readonly #tasks: { readonly work: () => void; readonly fail: (error: Error) => void }[] = [];

  /** How many tasks wait. */
  get size(): number {
    return this.#tasks.length;
  }

  deflate: DeflatePool["deflate"] = (payload, window, options) =>
    this.#begin(() => {
      const deflater = zlibEngine.createDeflater(options);
      deflater.append(window);
      return deflater.deflate(payload);
    });

  inflate: DeflatePool["inflate"] = (payload, window, windowBits, maxSize) =>
    this.#begin(() => {
      const inflater = zlibEngine.createInflater({ windowBits });
      inflater.append(window);
      return inflater.inflate(payload, maxSize);
    });

  /** Does the task that has waited longest, and what follows from it. */
  async work(): Promise<void> {
    this.#next().work();
    await new Promise((resolve) => void setImmediate(resolve));
  }

  async fail(): Promise<void> {
    this.#next().fail(new Error("no memory"));
    await new Promise((resolve) => void setImmediate(resolve));
  }

  #next() {
    const task = this.#tasks.shift();
    if (task === undefined) throw new Error("Nothing was given to the pool");
    return task;
  }

  #begin<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#tasks.push({ work: () => resolve(work()), fail: reject });
    });
  }
}

export interface PooledPairOptions {
  readonly compression?: PerMessageDeflateOptions;
  /** Of the connection that has the pool. */
  readonly connection?: ConnectionOptions;
  readonly peer?: ConnectionOptions;
  readonly link?: LinkOptions;
}

export interface PooledPair {
  /** Has the pool. */
  readonly connection: Connection;
  /** Does everything at once. */
  readonly peer: Connection;
  readonly pool: ManualPool;
  readonly clock: FakeClock;
  readonly link: MemoryLink;
}

/** `role`: of the connection that has the pool. */
export function pooledPair(role: Role, options: PooledPairOptions = {}): PooledPair {
  const { compression = {} } = options;
  const pool = new ManualPool();
  const clock = new FakeClock();
  const link = new MemoryLink(clock, options.link);
  const atOnce: DeflateEngine = {
    createDeflater: (...args) => platformEngine.createDeflater(...args),
    createInflater: (...args) => platformEngine.createInflater(...args),
  };
  const engineOf = (side: Role): DeflateEngine => (side === role ? { ...atOnce, pool } : atOnce);
  const agreements = shakeHands({
    path: "/",
    headers: [],
    subprotocols: [],
    clientExtensions: [clientPerMessageDeflate(compression, engineOf("client"))],
    serverExtensions: [serverPerMessageDeflate(compression, engineOf("server"))],
  });
  const wheel = new TimingWheel(clock);
  const optionsOf = (side: Role) => (side === role ? options.connection : options.peer) ?? {};
  const server = createServerConnection({
    transport: link.server,
    agreement: agreements.server,
    wheel,
    options: optionsOf("server"),
  });
  const client = createClientConnection({
    transport: link.client,
    agreement: agreements.client,
    wheel,
    options: optionsOf("client"),
  });
  const [connection, peer] = role === "server" ? [server, client] : [client, server];
  return { connection, peer, pool, clock, link };
}
