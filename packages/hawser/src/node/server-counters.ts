/**
 * What a server counts. Messages and bytes are counted by the protocol, into {@link Traffic}; all else is rare.
 */

import { Histogram, LONG_TIMES, SHORT_TIMES } from "../metrics/histogram.ts";
import { Tally } from "../metrics/tally.ts";
import { addTraffic, createTraffic, type Traffic } from "../protocol/traffic.ts";
import type { BackplaneMetrics } from "./backplane-link.ts";

/** What a backplane counts that grows. */
const ENGINE_COUNTS = ["published", "failed", "received", "rejected", "gaps"] as const;

export class ServerCounters {
  accepted = 0;
  /** Requests that were answered otherwise than with 101. */
  refused = 0;
  closed = 0;
  /** Clients that left before they had asked for anything, or before their answer was decided. */
  aborted = 0;
  pingTimeouts = 0;
  handlerFailures = 0;
  /** Connections that were failed because the client broke a rule. */
  clientFaults = 0;
  published = 0;
  /** Publications that were given to subscribers here, each as often as there were. */
  delivered = 0;
  readonly traffic: Traffic = createTraffic();
  /** Why handshakes were refused. */
  readonly refusals: Tally = new Tally();
  /** The HTTP status of refused handshakes ... */
  readonly refusalStatuses: Tally = new Tally();
  /** ... and of requests that asked for no connection, which a hook answered. */
  readonly answerStatuses: Tally = new Tally();
  /** `code initiator`. */
  readonly endings: Tally = new Tally();
  readonly slowConsumers: Tally = new Tally();
  readonly recoveries: Tally = new Tally();
  /** `engine count`, of backplanes that are closed. */
  readonly engines: Tally = new Tally();
  // In seconds
  readonly handshakeDurations: Histogram = new Histogram(SHORT_TIMES);
  readonly connectionDurations: Histogram = new Histogram(LONG_TIMES);
  readonly closeDurations: Histogram = new Histogram(SHORT_TIMES);
  readonly pingRoundTrips: Histogram = new Histogram(SHORT_TIMES);
  readonly publishLags: Histogram = new Histogram(SHORT_TIMES);

  /** Adds another server's counts. */
  add(other: ServerCounters): void {
    for (const name of NUMBERS) this[name] += other[name];
    for (const name of TALLIES) this[name].add(other[name]);
    for (const name of HISTOGRAMS) this[name].add(other[name]);
    addTraffic(this.traffic, other.traffic);
  }

  addEngine(metrics: BackplaneMetrics | undefined): void {
    if (metrics === undefined) return;
    for (const count of ENGINE_COUNTS) this.engines.count(`${metrics.name} ${count}`, metrics[count]);
  }
}

const NUMBERS = [
  "accepted",
  "refused",
  "closed",
  "aborted",
  "pingTimeouts",
  "handlerFailures",
  "clientFaults",
  "published",
  "delivered",
] as const;

const TALLIES = [
  "refusals",
  "refusalStatuses",
  "answerStatuses",
  "endings",
  "slowConsumers",
  "recoveries",
  "engines",
] as const;

const HISTOGRAMS = [
  "handshakeDurations",
  "connectionDurations",
  "closeDurations",
  "pingRoundTrips",
  "publishLags",
] as const;
