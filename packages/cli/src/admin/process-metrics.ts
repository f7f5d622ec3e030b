/**
 * How the supervisor's own process is: all connections come through its event loop and its descriptors, so that both matter as much as
 * a worker's.
 */

import { createMetrics, type Metrics, type SnapshotPart } from "hawser/metrics";

/** Families of servers, of which this process has none. */
const SERVERS = "websocket_";

export class ProcessMetrics {
  readonly #metrics: Metrics = createMetrics({ server: [], prefix: SERVERS });

  /** Beside those of the workers, under the same names. */
  take(): SnapshotPart {
    const snapshot = this.#metrics.snapshot().filter(({ name }) => !name.startsWith(SERVERS));
    return { labels: { worker: "supervisor" }, snapshot };
  }

  close(): void {
    this.#metrics.close();
  }
}
