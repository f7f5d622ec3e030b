/**
 * Every time that a generated file names, derived in one place. All in milliseconds.
 *
 * Why they are what they are: docs/decisions/0043-timings-from-one-place.md.
 */

import type { Deployment } from "./deployment.ts";

/** Of a grace period: for a process to end after its last connection. */
export const SLACK = 5_000;

export interface Timings {
  /** After which a router may end a connection on which nothing moves: above two pings. */
  readonly idle: number;
  /** For a router to reach a process. */
  readonly connect: number;
  /** For a client to send its handshake, and for the app to answer it. */
  readonly handshake: number;
  /** Between two health checks. */
  readonly probeInterval: number;
  /** For the answer of one. */
  readonly probeTimeout: number;
  /** In a row, until a process gets no new connection. */
  readonly probeFailures: number;
  /** In a row, until it gets some again. */
  readonly probeSuccesses: number;
  /** That a router passes over a process which refused a connection. */
  readonly passOver: number;
  /** For a router that reloads or stops, until it cuts what is left: its clients have long been told to go by then. */
  readonly routerGrace: number;
  /** From SIGTERM until SIGKILL, where nothing waits before SIGTERM. */
  readonly stop: number;
}

/** What a slow mobile network needs for a TLS handshake, with room; the app's own `openTimeout` is 10 s. */
const HANDSHAKE = 10_000;

const CONNECT = 5_000;
const PROBE_INTERVAL = 2_000;
const PROBE_TIMEOUT = 2_000;
const PROBE_FAILURES = 2;

/** A router's connections outlive its reload for so long at least. */
const LEAST_ROUTER_GRACE = 3_600_000;

export function timingsOf({ idleTimeout, notReady, preStop, grace }: Deployment): Timings {
  const probeInterval = probeIntervalFor(notReady);
  return {
    idle: idleTimeout,
    connect: CONNECT,
    handshake: HANDSHAKE,
    probeInterval,
    probeTimeout: Math.min(PROBE_TIMEOUT, probeInterval),
    probeFailures: PROBE_FAILURES,
    probeSuccesses: 1,
    passOver: probeInterval * PROBE_FAILURES,
    routerGrace: Math.max(LEAST_ROUTER_GRACE, grace),
    stop: grace - preStop,
  };
}

/**
 * So often that all failures that count fall into the time in which a process is not ready and still takes
 * connections. With no such time, routers learn it from refused connections, and the usual interval does.
 */
function probeIntervalFor(notReady: number): number {
  if (notReady === 0) return PROBE_INTERVAL;
  const fits = Math.floor(notReady / (PROBE_FAILURES + 0.5));
  return Math.min(PROBE_INTERVAL, Math.max(LEAST_PROBE_INTERVAL, fits));
}

/** More often is load. */
const LEAST_PROBE_INTERVAL = 500;

/** Whole seconds, at least one: what most files can say. Rounded up, so that nothing becomes shorter than meant. */
export function seconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}
