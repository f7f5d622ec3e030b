/**
 * Metrics in a registry of the package `prom-client`, next to the application's own.
 *
 * Knows the package by the shape of its registry alone.
 */

import type { Metrics } from "./metrics.ts";
import { valuesOf } from "./open-telemetry.ts";
import type { MetricFamily, MetricLabels, MetricSnapshot } from "./snapshot.ts";

/** What is needed of a `Registry` of prom-client 15. */
export interface PromClientRegistry {
  /** The metrics that are registered here have the shape that a registry reads, and not the methods that an application calls. */
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}

/** What a registry asks a metric for. */
interface PromClientValues {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: "sum";
  readonly values: readonly PromClientValue[];
}

interface PromClientValue {
  /** Not for counters and gauges: a registry may change their names, for OpenMetrics. */
  readonly metricName?: string;
  readonly labels: MetricLabels;
  readonly value: number;
}

/**
 * Puts the families of `metrics` into a registry, or into the default one of the package that is given. Names that it has already
 * are left alone: so `runtime` metrics give way to prom-client's own, if those were asked for before.
 *
 * Returns a function that takes them out again.
 *
 * @example
 * ```ts no-run
 * import * as client from "prom-client";
 * import { createMetrics, registerPromClient } from "hawser/metrics";
 *
 * client.collectDefaultMetrics();
 * registerPromClient(client, createMetrics({ runtime: false }));
 * console.log(await client.register.metrics());
 * ```
 */
export function registerPromClient(
  target: PromClientRegistry | { readonly register: PromClientRegistry },
  metrics: Pick<Metrics, "snapshot">,
): () => void {
  const registry = "register" in target ? target.register : target;
  const collection = new Collection(metrics);
  const registered = collection
    .now()
    .filter(({ name }) => registry.getSingleMetric(name) === undefined)
    .map((family) => new PromClientMetric(family, collection));
  for (const metric of registered) registry.registerMetric(metric as never);
  return () => {
    for (const { name } of registered) registry.removeSingleMetric(name);
  };
}

/** A registry asks each metric by itself, all in one go: they share a snapshot. */
class Collection {
  readonly #metrics: Pick<Metrics, "snapshot">;
  #current: MetricSnapshot | undefined;

  constructor(metrics: Pick<Metrics, "snapshot">) {
    this.#metrics = metrics;
  }

  now(): MetricSnapshot {
    if (this.#current === undefined) {
      this.#current = this.#metrics.snapshot();
      void Promise.resolve().then(() => {
        this.#current = undefined;
      });
    }
    return this.#current;
  }
}

class PromClientMetric {
  /** A registry for OpenMetrics takes `_total` from it, and puts it back behind each value's. */
  name: string;
  readonly type: string;
  readonly #key: string;
  readonly #family: MetricFamily;
  readonly #collection: Collection;

  constructor(family: MetricFamily, collection: Collection) {
    this.name = family.name;
    this.type = family.type;
    this.#key = family.name;
    this.#family = family;
    this.#collection = collection;
  }

  async get(): Promise<PromClientValues> {
    const { help, type } = this.#family;
    const samples = this.#collection.now().find(({ name }) => name === this.#key)?.samples ?? [];
    const values = samples
      .flatMap((sample) => valuesOf(this.#key, sample))
      .map(([metricName, labels, value]) =>
        metricName === this.#key ? { labels, value } : { metricName, labels, value },
      );
    return { name: this.name, help, type, aggregator: "sum", values };
  }

  /** What this library has counted is not the registry's to forget. */
  reset(): void {}
}
