/**
 * `createMetrics()`: what servers count, and how the process is, to be read at any time.
 */

import { quote } from "../handshake/errors.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from "../metrics/prometheus-text.ts";
import type { MetricSnapshot } from "../metrics/snapshot.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { countedFamilies } from "./counted-families.ts";
import { liveServers } from "./live-servers.ts";
import { RuntimeMetrics } from "./runtime-metrics.ts";
import { CORE, type Server } from "./server.ts";
import type { ServerCore } from "./server-core.ts";
import { ServerCounters } from "./server-counters.ts";
import { serverGauges } from "./server-gauges.ts";

/** Any server, whatever its connections' data are. */
export type MeasuredServer = Pick<Server, "metrics">;

export interface MetricsOptions {
  /**
   * What the names of the servers' metrics begin with. Those of the process have the names that they have everywhere.
   *
   * @default "websocket_"
   */
  readonly prefix?: string;
  /**
   * Whose metrics.
   *
   * @default all servers of this process, also those that have closed or will yet begin
   */
  readonly server?: MeasuredServer | readonly MeasuredServer[];
  /**
   * Whether the process is measured as well: event loop, memory, CPU time, garbage collections, descriptors.
   *
   * @default true
   */
  readonly runtime?: boolean;
}

const ACTION = "Cannot create metrics";
const OPTIONS = ["prefix", "server", "runtime"] as const satisfies readonly (keyof MetricsOptions)[];

/**
 * Metrics of servers and of this process. Everything is counted whether somebody reads it or not; only measuring the process
 * begins here, and ends with `close()`.
 *
 * The figures of the event loop are those since the last snapshot: make one `Metrics` for each reader.
 *
 * @throws {TypeError} for an unknown option, or a value that is not allowed.
 *
 * @example
 * ```ts
 * import { serve } from "hawser";
 * import { createMetrics, metricsEndpoint } from "hawser/metrics";
 *
 * const metrics = createMetrics();
 * const server = await serve({ message() {} }, { processRequest: metricsEndpoint(metrics) });
 * const response = await fetch(`http://localhost:${server.port}/metrics`);
 * console.log(await response.text());
 * metrics.close();
 * await server.close();
 * ```
 */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  refuseUnknownOptions(ACTION, options, OPTIONS);
  const { prefix = "websocket_", server, runtime = true } = options;
  checkPrefix(prefix);
  if (typeof runtime !== "boolean") throw new TypeError(`${ACTION}: runtime must be a boolean, got ${String(runtime)}`);
  const cores = coresOf(server);
  liveServers.countSizes();
  return new ServerMetricsReader(prefix, cores, runtime ? new RuntimeMetrics() : undefined);
}

class ServerMetricsReader implements Metrics {
  readonly contentType: string = PROMETHEUS_CONTENT_TYPE;
  readonly #prefix: string;
  /** `undefined`: all. */
  readonly #cores: readonly ServerCore<unknown>[] | undefined;
  readonly #runtime: RuntimeMetrics | undefined;

  constructor(prefix: string, cores: readonly ServerCore<unknown>[] | undefined, runtime: RuntimeMetrics | undefined) {
    this.#prefix = prefix;
    this.#cores = cores;
    this.#runtime = runtime;
  }

  snapshot(): MetricSnapshot {
    const cores = this.#cores ?? liveServers.all();
    const name = (own: string) => this.#prefix + own;
    return [
      ...serverGauges(cores, name),
      ...countedFamilies(this.#sum(cores), name),
      ...(this.#runtime?.families() ?? []),
    ];
  }

  text(): string {
    return prometheusText(this.snapshot());
  }

  close(): void {
    this.#runtime?.close();
  }

  #sum(cores: readonly ServerCore<unknown>[]): ServerCounters {
    const sum = new ServerCounters();
    if (this.#cores === undefined) sum.add(liveServers.past);
    for (const { counters, topics } of cores) {
      sum.add(counters);
      sum.addEngine(topics.metrics);
    }
    return sum;
  }
}

function checkPrefix(prefix: unknown): void {
  if (typeof prefix === "string" && /^(?:[A-Za-z_:][A-Za-z0-9_:]*)?$/.test(prefix)) return;
  throw new TypeError(`${ACTION}: prefix must be letters, digits and underscores, got ${quote(String(prefix))}`);
}

function coresOf(option: MetricsOptions["server"]): readonly ServerCore<unknown>[] | undefined {
  if (option === undefined) return undefined;
  const servers = (Array.isArray(option) ? option : [option]) as readonly Server[];
  return servers.map((server) => {
    const core = server?.[CORE];
    if (core === undefined) throw new TypeError(`${ACTION}: server must be a server, got ${String(server)}`);
    return core;
  });
}
