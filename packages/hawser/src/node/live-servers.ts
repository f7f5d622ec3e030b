/**
 * The servers of this process, for metrics of all of them, and what those counted that have closed: a sum never goes back.
 */

import { countSizes } from "../protocol/traffic.ts";
import type { ServerCore } from "./server-core.ts";
import { ServerCounters } from "./server-counters.ts";

class LiveServers {
  readonly #cores: Set<ServerCore<unknown>> = new Set();
  #countsSizes = false;
  /** Of those that have closed. */
  readonly past: ServerCounters = new ServerCounters();

  add(core: ServerCore<unknown>): void {
    this.#cores.add(core);
    if (this.#countsSizes) countSizes(core.counters.traffic);
  }

  /** It has closed, and counts no more. */
  retire(core: ServerCore<unknown>): void {
    if (!this.#cores.delete(core)) return;
    this.past.add(core.counters);
    this.past.addEngine(core.topics.metrics);
  }

  /** From now on all servers count the sizes of messages: somebody will ask. */
  countSizes(): void {
    this.#countsSizes = true;
    for (const { counters } of this.#cores) countSizes(counters.traffic);
  }

  all(): readonly ServerCore<unknown>[] {
    return [...this.#cores];
  }
}

export const liveServers: LiveServers = new LiveServers();
