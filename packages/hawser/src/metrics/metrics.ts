/**
 * What reads metrics, whatever they are of.
 */

import type { MetricSnapshot } from "./snapshot.ts";

export interface Metrics {
  /** All families as they are now: always the same ones, some of them without samples. */
  snapshot(): MetricSnapshot;
  /** The same as Prometheus' text. */
  text(): string;
  /** The `Content-Type` of {@link text}. */
  readonly contentType: string;
  /** Stops what measures the process. What was counted can still be read. */
  close(): void;
}
