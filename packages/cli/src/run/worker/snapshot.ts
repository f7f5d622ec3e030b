/**
 * What the servers of a supervised process count, told by the copy of the library that the program uses.
 */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { MetricSnapshot } from "hawser/metrics";

type MetricsModule = typeof import("hawser/metrics");

const ENTRY_POINT = "hawser/metrics";

export class Snapshots {
  readonly #metrics: Promise<ReturnType<MetricsModule["createMetrics"]>>;

  /** @param program its path: the library is looked for where it finds it */
  constructor(program: string) {
    this.#metrics = loadMetrics(program).then(({ createMetrics }) => createMetrics());
    // Whoever asks for a snapshot learns of it
    this.#metrics.catch(() => {});
  }

  async take(): Promise<MetricSnapshot> {
    return (await this.#metrics).snapshot();
  }
}

/** A program that was bundled with the library has none to be found; then ours tells of the process at least. */
async function loadMetrics(program: string): Promise<MetricsModule> {
  let path: string;
  try {
    path = createRequire(program).resolve(ENTRY_POINT);
  } catch {
    return import(ENTRY_POINT);
  }
  return import(pathToFileURL(path).href);
}
